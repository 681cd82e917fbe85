-- Parameters that recipes share. Each row becomes a form field on the screen, a
-- `--set` on the command line and a line of help; a row of the recipe's own
-- replaces the shared one of the same name.

params = {}

local function shared(task)
  local rows = {
    { "target", type = "column", required = true, help = "the column to predict" },
    { "model", type = "choice", choices = families.names(task), default = "boosted_trees",
      help = "the model to train" },
    { "baseline", type = "choice", choices = families.names(task), help = "the simpler model beside it" },
    { "features", type = "list", help = "columns to learn from (default: all others)" },
    { "exclude", type = "list", help = "columns not to learn from" },
    { "weight", type = "column", help = "column of row weights" },
    { "negative_weights", type = "choice", choices = "error|drop|absolute", default = "error",
      help = "rows of negative weight: refuse, leave out, or count by their size" },
    { "test", type = "number", default = 0.2, min = 0, max = 0.95, help = "share of the rows kept sealed to test on" },
    { "test_rows", type = "file", help = "file with one row number a line, from 0: these rows test instead" },
    { "validation", type = "number", default = 0.2, min = 0, max = 0.95,
      help = "share of the rows that early stopping and calibration watch" },
    { "group", type = "column", help = "rows with the same value stay in one part" },
    { "time", type = "column", help = "split by time: the latest rows test" },
    { "encode", type = "choice", choices = "auto|one_hot|ordinal", default = "auto",
      help = "how text columns become numbers" },
    { "repeats", type = "integer", default = 1, min = 1, max = 100, help = "models that differ in their seed, for the spread" },
    { "epochs", type = "integer", min = 1, max = 1000000, help = "most training steps of iterative models" },
    { "keep", type = "list", help = "columns carried into predictions.csv" },
  }
  if task == "classification" then
    table.insert(rows, 3, { "positive", type = "text",
      help = "of two classes the one sought: F1, precision and recall are its own (default: the last)" })
  end
  return rows
end

local function put(rows, row)
  for i, known in ipairs(rows) do
    if known[1] == row[1] then rows[i] = row return end
  end
  rows[#rows + 1] = row
end

-- The rows of every supervised recipe, then its own, then one for each option of each model family.
function params.supervised(task, own)
  local rows = shared(task)
  for _, row in ipairs(own or {}) do put(rows, row) end
  local known = {}
  for _, row in ipairs(rows) do known[row[1]] = true end
  for _, row in ipairs(families.options(task)) do
    if not known[row[1]] then rows[#rows + 1] = row end
  end
  return rows
end

-- Says which settings neither model has an option for: they change nothing.
function params.unused(task, p, models)
  local known = {}
  for _, model in ipairs(models) do
    for name in pairs(families.settings(model, p)) do known[name] = true end
  end
  local unused = {}
  for _, row in ipairs(families.options(task)) do
    if rawget(p, row[1]) ~= nil and not known[row[1]] then unused[#unused + 1] = row[1] end
  end
  return #unused > 0 and "Without effect on " .. table.concat(models, " and ") .. ": " .. table.concat(unused, ", ") .. "." or nil
end

-- The table with the roles that the parameters say, so that figures and fits agree on them.
function params.roles(o, data, p)
  local there, ignore = {}, {}
  for _, name in ipairs(data.columns) do there[name] = true end
  for _, name in ipairs(rawget(p, "exclude") or {}) do
    if there[name] then ignore[#ignore + 1] = name end -- others are for o.fit to refuse
  end
  local weight = there[rawget(p, "weight") or false] and p.weight or nil
  if not weight and #ignore == 0 then return data end
  return o.role { data, weight = weight, ignore = #ignore > 0 and ignore or nil }
end

-- What o.split is given: by group, by time, or stratified where the target has classes.
function params.split(data, p, stratify)
  local group, time, test_rows = rawget(p, "group"), rawget(p, "time"), rawget(p, "test_rows")
  local by_rows = group or time
  return { data, test = not test_rows and rawget(p, "test") or nil, test_rows = test_rows,
           validation = rawget(p, "validation"), group = group, time = time, stratify = not by_rows and stratify or nil }
end

-- What o.fit is given for the family `model`, with the settings that it knows. p may lack any of them.
function params.fit(model, parts, p, more)
  local exclude = {}
  for _, name in ipairs(rawget(p, "exclude") or {}) do exclude[#exclude + 1] = name end
  for _, key in ipairs { "group", "time" } do exclude[#exclude + 1] = rawget(p, key) end
  local call = families.settings(model, p)
  call[1], call[2] = model, parts
  for _, key in ipairs { "target", "positive", "features", "weight", "negative_weights", "encode", "epochs" } do
    call[key] = rawget(p, key)
  end
  call.exclude = #exclude > 0 and exclude or nil
  for key, value in pairs(more or {}) do call[key] = value end
  return call
end
