-- Networks as plain data. A layer is a table that says what it is; a network is
-- a table that says how it is built, and what o.fit makes of it. A layer may
-- also be a function on tensors: function(x) return x:tanh() * x end.

nn = {}

local function refuse(word, what, names)
  error(("%s has no '%s'; it has %s"):format(what, tostring(word), table.concat(names, ", ")), 3)
end

-- The options of `given`, each one of `names`; nothing else slips through.
local function options(what, given, names)
  local out, known = {}, {}
  for _, name in ipairs(names) do known[name] = true end
  for key, value in pairs(given or {}) do
    if not known[key] then refuse(key, what, names) end
    out[key] = value
  end
  return out
end

local function whole(what, value)
  if math.type(value) ~= "integer" or value < 1 then
    error(("%s takes a number of units, not %s"):format(what, tostring(value)), 3)
  end
  return value
end

-- nn.linear(64): y = x w + b, with 64 outputs.
function nn.linear(width) return { layer = "linear", width = whole("nn.linear", width) } end

-- nn.dropout(0.1): that share of the units is left out at random in training.
function nn.dropout(rate) return { layer = "dropout", rate = rate } end

function nn.layer_norm() return { layer = "layer_norm" } end

-- nn.squash(3): values are bent to stay within the bound.
function nn.squash(bound) return { layer = "squash", bound = bound or 3 } end

-- nn.residual(64, { activation = "silu", dropout = 0.1, layer_norm = true }): x + what a block of two layers makes of it.
function nn.residual(width, more)
  local o = options("nn.residual", more, { "activation", "dropout", "layer_norm" })
  return { layer = "residual", width = whole("nn.residual", width), activation = o.activation or "silu",
           rate = o.dropout or 0, norm = o.layer_norm or false }
end

for _, name in ipairs { "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "softplus" } do
  nn[name] = function() return { layer = name } end
end

-- nn.sequential{ nn.linear(64), nn.silu(), nn.linear(1) }: layers in a line; lists of layers in it are laid in line.
function nn.sequential(layers)
  local line = {}
  local function add(list)
    for _, layer in ipairs(list) do
      if type(layer) == "function" or type(layer) == "table" and layer.layer then line[#line + 1] = layer
      elseif type(layer) == "table" and layer.layers then add(layer.layers)
      elseif type(layer) == "table" and #layer > 0 then add(layer)
      else error(("nn.sequential: item %d is no layer"):format(#line + 1), 0) end
    end
  end
  if type(layers) ~= "table" then error("nn.sequential takes a list of layers", 2) end
  add(layers)
  if #line == 0 then error("nn.sequential: no layer is given", 2) end
  return { network = "sequential", layers = line }
end

local function network(kind, names)
  return function(given)
    local o = options("nn." .. kind, given, names)
    o.network = kind
    return o
  end
end

-- Networks that families build: their options, said with the network.
local mlp = { "hidden", "activation", "residual", "dropout", "layer_norm", "squash" }
nn.mlp = network("mlp", mlp)
nn.ensemble = network("ensemble", { "members", table.unpack(mlp) })

-- nn.field{ residual = function(u, x, c) … end, unknown = { damping = 1 } }: a smooth field that obeys an equation.
-- o.fit takes its coordinates as features and the measured field as target.
nn.field = network("field", { "residual", "unknown", "domain", "points", "equation_weight", "hidden", "cycles",
                              "learning_rate", "refinements" })

-- nn.flow{ kind = "nsf" }: a density; kind is nsf, maf or realnvp.
function nn.flow(given)
  local o = {}
  for key, value in pairs(given or {}) do o[key] = value end
  o.network, o.kind = o.kind or "nsf", nil
  local kinds = { nsf = true, maf = true, realnvp = true }
  if not kinds[o.network] then refuse(o.network, "nn.flow", { "nsf", "maf", "realnvp" }) end
  return o
end

-- nn.vae{ latent = 10 } and nn.autoencoder{ latent = 10 }: models of what rows have in common.
for _, kind in ipairs { "vae", "autoencoder" } do
  nn[kind] = function(given)
    local o = {}
    for key, value in pairs(given or {}) do o[key] = value end
    o.network = kind
    return o
  end
end

setmetatable(nn, {
  __index = function(_, name)
    error(("there is no nn.%s; there are the layers linear, residual, dropout, layer_norm, squash, relu, leaky_relu, elu, "
           .. "gelu, silu, tanh, sigmoid, softplus, and the networks sequential, mlp, ensemble, flow, vae, autoencoder")
          :format(tostring(name)), 2)
  end,
})
