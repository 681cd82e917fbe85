-- What does a model need, how does its answer move along a column, and why did it
-- get its worst rows wrong? Trains a model beside a simple one and asks it on rows
-- that neither has seen.

return {
  title = "Interpretation",
  question = "What does the model rely on, and why does it answer as it does?",

  bundled = {
    data = "htru2.csv", set = { target = "class" },
    about = "HTRU2: candidates seen by a radio telescope; class 1 is a pulsar, 0 is interference",
  },

  params = params.supervised("classification", {
    { "target", type = "column", required = true, help = "the column to explain: classes, or numbers" },
    { "model", type = "choice", choices = families.names "regression", default = "boosted_trees",
      help = "the model to explain" },
    { "baseline", type = "choice", choices = families.names "classification", help = "the simpler model beside it" },
    { "columns", type = "list", help = "whose dependence is drawn (default: the most important)" },
    { "score", type = "text", help = "by which importance is measured (default: log_loss, or rmse)" },
    { "worst", type = "integer", default = 3, min = 1, max = 20, help = "how many of the most wrong rows are explained" },
  }),

  run = function(o, p)
    local data = params.roles(o, o.data(), p)
    local parts = o.split(params.split(data, p))
    local base = o.fit(params.fit(p.baseline or "constant", parts, p, { idle_validation = "learn", name = "baseline" }))
    local model = o.fit(params.fit(p.model, parts, p, { idle_validation = "learn", name = "model" }))
    o.evaluate { model, baseline = base, on = parts.test }

    o.explain { model, by = "permutation", on = parts.test, score = p.score }
    o.explain { model, by = "dependence", on = parts.test, columns = p.columns }
    o.explain { model, by = "interaction", on = parts.test }
    o.explain { model, by = "shapley", on = parts.test }
    o.explain { model, by = "shapley", on = parts.test, worst = p.worst }
    o.predict { model, on = parts.test, keep = p.keep }
  end,
}
