-- Which class is each row, how sure is the answer, and is a sophisticated model
-- worth it? Trains one on part of the rows, a simple one beside it, and scores
-- both on rows neither has seen.

return {
  title = "Classification",
  question = "Which class does each row belong to, and how sure can we be?",

  bundled = {
    data = "htru2.csv", set = { target = "class" },
    about = "HTRU2: candidates seen by a radio telescope; class 1 is a pulsar, 0 is interference",
  },

  params = params.supervised("classification", {
    { "target", type = "column", required = true, help = "the column that holds the classes" },
    { "repeats", type = "integer", default = 3, min = 1, max = 100,
      help = "models that differ in their seed, for the spread of the scores" },
  }),

  run = function(o, p)
    local data = params.roles(o, o.data(), p)
    local parts = o.split(params.split(data, p, p.target))

    -- Rows that only early stopping would watch are learnt from by models that do not stop early.
    -- The baseline: logistic regression, or the shares of the classes when that is the model itself.
    local simple = p.baseline or (p.model == "logistic" and "constant" or "logistic")
    local base = o.fit(params.fit(simple, parts, p, { task = "classification", idle_validation = "learn", name = "baseline" }))

    local unused = params.unused("classification", p, { p.model, simple })
    if unused then o.note { unused } end

    local model = o.fit(params.fit(p.model, parts, p, {
      task = "classification", idle_validation = "learn", name = "model", repeats = p.repeats,
    }))

    local scores = o.evaluate { model, baseline = base, on = parts.test }
    o.predict { model, on = parts.test, keep = p.keep }

    for _, kind in ipairs { "roc", "precision_recall", "reliability", "confusion" } do
      o.plot { kind, scores }
    end
    o.plot { "histogram", data, by = p.target, columns = p.features }
  end,
}
