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

-- What o.split is given: by group, by time, or stratified where the target has classes.
function params.split(data, p, stratify)
  local by_rows = p.group or p.time
  return { data, test = not p.test_rows and p.test or nil, test_rows = p.test_rows, validation = p.validation,
           group = p.group, time = p.time, stratify = not by_rows and stratify or nil }
end

-- What o.fit is given for the family `model`, with the settings that it knows.
function params.fit(model, parts, p, more)
  local exclude = {}
  for _, name in ipairs(p.exclude or {}) do exclude[#exclude + 1] = name end
  for _, name in ipairs { p.group or false, p.time or false } do
    if name then exclude[#exclude + 1] = name end
  end
  local call = families.settings(model, p)
  call[1], call[2] = model, parts
  call.target, call.features, call.weight = p.target, p.features, p.weight
  call.negative_weights, call.encode = p.negative_weights, p.encode
  call.exclude = #exclude > 0 and exclude or nil
  call.epochs = p.epochs
  for key, value in pairs(more or {}) do call[key] = value end
  return call
end
