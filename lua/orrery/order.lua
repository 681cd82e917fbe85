-- Tables are walked in one order: numbers ascending, then texts, then the rest.
-- Lua's own order of keys differs from run to run; a recipe that loops over
-- names would not replay to the same record.

local raw_next, raw_pairs = next, pairs
local rank = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
  local x, y = rank[type(a)] or 4, rank[type(b)] or 4
  if x ~= y then return x < y end
  if x <= 2 then return a < b end
  return x == 3 and b and not a
end

local function sorted_keys(t)
  local keys = {}
  for key in raw_next, t do keys[#keys + 1] = key end
  table.sort(keys, before)
  return keys
end

function pairs(t)
  local meta = getmetatable(t)
  if type(meta) == "table" and meta.__pairs then return raw_pairs(t) end
  local keys, at = sorted_keys(t), 0
  return function()
    at = at + 1
    local key = keys[at]
    if key ~= nil then return key, t[key] end
  end, t, nil
end

function next(t, after)
  local keys = sorted_keys(t)
  for at = 1, #keys do
    if after == nil then return keys[at], t[keys[at]] end
    if keys[at] == after then after = nil end
  end
end
