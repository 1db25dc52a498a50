#pragma once

#include <string.h>
#include <zlib.h>

// zlib's two beginnings are macros, which Swift does not see. 16 more window bits mean gzip's frame (zlib.h).

static inline int edge_begin_gzip(z_stream *stream, int level) {
    memset(stream, 0, sizeof *stream);
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int edge_begin_gunzip(z_stream *stream) {
    memset(stream, 0, sizeof *stream);
    return inflateInit2(stream, 15 + 16);
}
