-- Which few numbers describe each row? Principal components beside a variational
-- autoencoder: what each dimension carries, what moving along it changes, and which
-- known columns it goes with. Needs no target; one that is named is kept aside, to
-- name dimensions by.

return {
  title = "Latent space",
  question = "Which few numbers describe each row, and what does each of them change?",

  bundled = {
    data = "digits.h5", set = { target = "label", decoder = "bernoulli", standardise = false },
    about = "Digits: 1,797 pictures of handwritten digits, 8 x 8 pixels",
  },

  params = {
    { "target", type = "column", help = "a column not to learn from" },
    { "model", type = "choice", choices = families.names "latent", default = "vae", help = "the model beside pca" },
    { "latent", type = "integer", default = 8, min = 1, max = 1024, help = "numbers that describe a row" },
    { "decoder", type = "choice", choices = "gaussian|bernoulli", default = "gaussian",
      help = "gaussian: numbers with noise; bernoulli: pixels or truth values" },
    { "standardise", type = "boolean", default = true, help = "pca: bring columns to one deviation first; pixels need it not" },
    { "hidden", type = "list", help = "units of each hidden layer" },
    { "epochs", type = "integer", min = 1, max = 1000000, help = "most passes over the rows" },
    { "features", type = "list", help = "columns to learn from (default: all others)" },
    { "exclude", type = "list", help = "columns not to learn from" },
    { "test", type = "number", default = 0.2, min = 0, max = 0.95, help = "share of the rows kept to look at" },
    { "validation", type = "number", default = 0.1, min = 0, max = 0.95, help = "share of the rows that early stopping watches" },
  },

  run = function(o, p)
    local data = params.roles(o, o.data(), p)
    local parts = o.split { data, test = p.test, validation = p.validation }
    local seen = p.test > 0 and parts.test or data
    local shared = { latent = p.latent, decoder = p.decoder, standardise = p.standardise, hidden = p.hidden, epochs = p.epochs }
    local function fit(family)
      return o.fit { family, parts, target = p.target, features = p.features, exclude = p.exclude,
                     settings = families.settings(family, shared), idle_validation = "learn", name = family }
    end

    local model = fit(p.model)
    o.traverse { model, on = seen, name = p.model }
    if p.model ~= "pca" then o.traverse { fit "pca", on = seen, name = "pca" } end
    o.predict { model, on = seen, keep = p.target and { p.target } or nil }
  end,
}
