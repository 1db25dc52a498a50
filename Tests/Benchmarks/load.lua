-- The requests that wrk sends, and the check of every answer. Arguments: `forwarded` or `refused`; the mean pause
-- before each request in milliseconds (0: none). `done` prints one line of JSON.

local path = "/v1/track"
local body = '{"event":"page_viewed","email":"ada@example.com","subscribed":true,"data":{"path":"/pricing/all"}}'
local headers = {
    ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    ["Accept"] = "*/*",
    ["Accept-Language"] = "en-US,en;q=0.5",
    ["Accept-Encoding"] = "gzip, deflate, br",
    ["Content-Type"] = "application/json",
    ["Cookie"] = "theme=dark; session=3f1e0c8ab2",
}
local accepted = {
    forwarded = { status = 200, texts = { '{"success":true,"data":{"contact":"' } },
    refused = { status = 401, texts = { '"code":"MISSING_AUTH"', '"code":"INVALID_API_KEY"' } },
}

local threads = {}
local requests = {}
local expected
local turn = 0

-- Globals, because `done` reads them from each thread.
answers, wrong, sample = 0, 0, ""

function setup(thread)
    table.insert(threads, thread)
end

local function format(authorization)
    headers["Authorization"] = authorization
    return wrk.format("POST", path, headers, body)
end

function init(arguments)
    expected = accepted[arguments[1]]
    local pause = tonumber(arguments[2])
    if pause > 0 then
        -- wrk asks a global function; evenly spread, so that the connections do not march in step.
        function delay() return math.random(0, 2 * pause) end
    end
    if arguments[1] == "forwarded" then
        requests = { format("Bearer pk_" .. string.rep("0123456789abcdef", 4)) }
    else
        requests = { format(nil), format("Bearer tk_" .. string.rep("0123456789abcdef", 4)) }
    end
end

function request()
    turn = turn % #requests + 1
    return requests[turn]
end

function response(status, _, text)
    answers = answers + 1
    if status == expected.status then
        for _, start in ipairs(expected.texts) do
            if string.find(text, start, 1, true) then return end
        end
    end
    wrong = wrong + 1
    sample = status .. " " .. text
end

function done(summary, latency)
    local answered, mistaken, example = 0, 0, ""
    for _, thread in ipairs(threads) do
        answered = answered + thread:get("answers")
        mistaken = mistaken + thread:get("wrong")
        if thread:get("wrong") > 0 then example = thread:get("sample") end
    end
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"answers":%d,"wrong":%d,"sample":%s,"connect":%d,"read":%d,"write":%d,"timeout":%d,' ..
        '"microseconds":%d,"p50":%d,"p99":%d,"slowest":%d}\n',
        summary.requests, answered, mistaken,
        '"' .. example:gsub('[%c"\\]', function(c) return string.format("\\u%04x", c:byte()) end) .. '"',
        errors.connect, errors.read, errors.write, errors.timeout,
        summary.duration, latency:percentile(50), latency:percentile(99), latency.max))
end
