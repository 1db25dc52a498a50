package import EdgeServer
