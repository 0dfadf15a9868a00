-- wrk's requests: a random path of a file, each time with another user agent, so that no scan counts as a repeat.
local paths, accept, threads = {}, "", 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(arguments)
  for line in io.lines(arguments[1]) do
    paths[#paths + 1] = line
  end
  accept = arguments[2]
  math.randomseed(os.time() * 16 + number)
end

function request()
  local headers = { ["Accept"] = accept, ["User-Agent"] = "visitor " .. math.random(2 ^ 31) }
  return wrk.format("GET", paths[math.random(#paths)], headers)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"answers": %d, "microseconds": %d, "median": %.0f, "slowest": %.0f, "refused": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout
  ))
end
