-- How large is a quantity in each row, and within what bounds? Trains a model of
-- a numeric target with a straight-line baseline beside it, and gives every
-- prediction an interval that covers nine new rows in ten.

return {
  title = "Regression",
  question = "How large is the quantity in each row, and within what bounds?",

  bundled = {
    data = "friedman1.csv", set = { target = "y" },
    about = "Friedman's first function: y = 10 sin(π x1 x2) + 20 (x3 - 0.5)² + 10 x4 + 5 x5 + noise; x6 to x10 tell nothing",
  },

  params = params.supervised("regression", {
    { "target", type = "column", required = true, help = "the column of numbers to predict" },
    { "level", type = "number", default = 0.9, min = 0.5, max = 0.99,
      help = "share of new rows that the interval is to cover" },
    { "repeats", type = "integer", default = 3, min = 1, max = 100,
      help = "models that differ in their seed, for the spread of the scores" },
  }),

  run = function(o, p)
    local data = params.roles(o, o.data(), p)
    local parts = o.split(params.split(data, p))

    -- The baseline: a straight line through everything, or the mean when that is the model itself.
    local simple = p.baseline or (p.model == "ridge" and "constant" or "ridge")
    local base = o.fit(params.fit(simple, parts, p, { task = "regression", name = "baseline" }))

    local unused = params.unused("regression", p, { p.model, simple })
    if unused then o.note { unused } end

    local model = o.fit(params.fit(p.model, parts, p, {
      task = "regression", name = "model", repeats = p.repeats,
    }))

    -- An interval from the validation rows, for both, where there are enough of them for the level.
    local enough = math.ceil(p.level / (1 - p.level) - 1e-9)
    if parts.validation.rows < enough then
      o.note { ("No interval: its level needs %d validation rows, and there are %d."):format(enough, parts.validation.rows) }
    else
      for _, fit in ipairs { base, model } do
        o.calibrate { fit, on = parts.validation, by = "split_conformal", level = p.level }
      end
    end

    local scores = o.evaluate { model, baseline = base, on = parts.test }
    o.predict { model, on = parts.test, keep = p.keep }
    o.plot { "residuals", scores }
  end,
}
