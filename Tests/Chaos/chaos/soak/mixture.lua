-- The requests of a mixture over HTTP/1.1, paced by a clock and not by the answers, and the check of every answer.
-- Arguments: requests per second; for how many seconds, after which nothing is asked any more, so that nothing is
-- under way when wrk ends. `done` prints one line of JSON.

local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long seconds, nanoseconds; } moment;
    int clock_gettime(int, moment *);
]]
local CLOCK_MONOTONIC = 1
local reading = ffi.new("moment")
local function clock()
    ffi.C.clock_gettime(CLOCK_MONOTONIC, reading)
    return tonumber(reading.seconds) + tonumber(reading.nanoseconds) / 1e9
end

local NEVER = 1e9
-- Who has fallen behind does not make up for more than this, in seconds.
local LONGEST_BEHIND = 0.2
-- So many clients, by X-Forwarded-For, more than the edge keeps a rate limit for.
local CLIENTS = 100000

local headers = {
    ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    ["Accept"] = "*/*",
    ["Accept-Language"] = "en-US,en;q=0.5",
    ["Accept-Encoding"] = "gzip, deflate, br",
    ["Content-Type"] = "application/json",
    ["Cookie"] = "theme=dark; session=3f1e0c8ab2",
    ["Origin"] = "https://app.example.com",
}
local key = "Bearer pk_" .. string.rep("0123456789abcdef", 4)
local stranger = "Bearer pk_" .. string.rep("fedcba9876543210", 4)
local body = '{"event":"page_viewed","email":"ada@example.com","subscribed":true,"data":{"path":"/pricing/all"}}'
local long = string.format('{"event":"cart_left","email":"ada@example.com","data":{"items":"%s"}}',
    string.rep("a blue chair; ", 300))

-- `share` of a thousand requests. An answer is told from others by its status and a piece of its body.
local kinds = {
    { name = "valid", share = 785, status = 200, text = '{"success":true,"data":{"contact":"' },
    { name = "valid", share = 40, body = long },
    -- Goes away by itself, and comes again on a new connection.
    { name = "valid", share = 5, extra = { ["Connection"] = "close" } },
    { name = "no_key", share = 35, status = 401, text = '"code":"MISSING_AUTH"', key = false },
    { name = "wrong_key", share = 35, status = 401, text = '"message":"Invalid public API key.', key = stranger },
    { name = "wrong_path", share = 20, status = 401, text = '"message":"Invalid secret API key.', path = "/v1/contacts" },
    { name = "bad_fields", share = 18, status = 422, text = '"code":"VALIDATION_ERROR"', body = '{"event":"","email":7}' },
    -- Loses its connection.
    { name = "bad_json", share = 2, status = 400, text = '"code":"VALIDATION_ERROR"', body = '{"event":"page_viewed",' },
    { name = "preflight", share = 60, status = 204, text = "", method = "OPTIONS", key = false, body = "",
      extra = { ["Access-Control-Request-Method"] = "POST",
                ["Access-Control-Request-Headers"] = "authorization,content-type" } },
}

local threads = {}
local choices = {}
local rate, seconds, began, due

-- Globals, because `done` reads them from each thread. wrk asks for one request that it does not send.
sent, answered, wrong, sample = {}, {}, 0, ""
local unsent = 1

function setup(thread)
    table.insert(threads, thread)
end

local function format(kind)
    local fields = {}
    for name, value in pairs(headers) do fields[name] = value end
    for name, value in pairs(kind.extra or {}) do fields[name] = value end
    fields["X-Forwarded-For"] = "@"
    if kind.key ~= false then fields["Authorization"] = kind.key or key end
    local text = wrk.format(kind.method or "POST", kind.path or "/v1/track", fields, kind.body or body)
    local head, tail = text:match("^(.-X%-Forwarded%-For: )@(.*)$")
    return { name = kind.name, head = head, tail = tail }
end

function init(arguments)
    rate, seconds = tonumber(arguments[1]), tonumber(arguments[2])
    math.randomseed(rate)
    for _, kind in ipairs(kinds) do
        sent[kind.name], answered[kind.name] = 0, 0
        local choice = format(kind)
        for _ = 1, kind.share do table.insert(choices, choice) end
    end
end

function delay()
    local now = clock()
    began = began or now
    due = due or now
    -- Requests of many clients that know nothing of each other.
    due = math.max(due - math.log(1 - math.random()) / rate, now - LONGEST_BEHIND)
    if due > began + seconds then return NEVER end
    return math.max(0, (due - now) * 1000)
end

function request()
    local choice = choices[math.random(#choices)]
    if unsent > 0 then
        unsent = unsent - 1
    else
        sent[choice.name] = sent[choice.name] + 1
    end
    local client = math.random(0, CLIENTS - 1)
    return choice.head .. "10." .. math.floor(client / 65536) .. "." .. math.floor(client / 256) % 256 .. "." .. client % 256
        .. choice.tail
end

function response(status, _, text)
    for _, kind in ipairs(kinds) do
        if kind.status == status and string.find(text, kind.text, 1, true) then
            answered[kind.name] = answered[kind.name] + 1
            return
        end
    end
    wrong = wrong + 1
    sample = status .. " " .. text
end

local function object(counts)
    local members = {}
    for name, count in pairs(counts) do table.insert(members, string.format('"%s":%d', name, count)) end
    return "{" .. table.concat(members, ",") .. "}"
end

function done(summary)
    -- One thread, by -t1.
    local thread, errors = threads[1], summary.errors
    local example = thread:get("sample"):gsub('[%c"\\]', function(c) return string.format("\\u%04x", c:byte()) end)
    io.write(string.format(
        '{"sent":%s,"answered":%s,"wrong":%d,"sample":"%s","connect":%d,"read":%d,"write":%d,"timeout":%d}\n',
        object(thread:get("sent")), object(thread:get("answered")), thread:get("wrong"), example,
        errors.connect, errors.read, errors.write, errors.timeout))
end
