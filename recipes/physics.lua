-- What field obeys a law and fits a few noisy measurements, and what are the
-- law's unknown coefficients? Learns the field from both; a sum of waves
-- fitted to the measurements alone stands beside it.
--
-- A law is its residual: what is zero where it holds. To study one of your own,
-- copy this recipe and add a row to `laws`.

local laws = {
  -- u'' + 2 damping u' + omega² u = 0
  oscillator = {
    coordinates = { "t" },
    unknown = { "damping" },
    residual = function(p)
      return function(u, x, c)
        local ut = grad(u, x[p.t])
        return grad(ut, x[p.t]) + 2 * c.damping * ut + p.omega^2 * u
      end
    end,
  },

  -- u_t = diffusivity u_xx
  heat = {
    coordinates = { "x", "t" },
    unknown = { "diffusivity" },
    residual = function(p)
      return function(u, x, c)
        return grad(u, x[p.t]) - c.diffusivity * grad(grad(u, x[p.x]), x[p.x])
      end
    end,
  },

  -- u' = rate u (1 - u / capacity)
  growth = {
    coordinates = { "t" },
    unknown = { "rate", "capacity" },
    residual = function(p)
      return function(u, x, c) return grad(u, x[p.t]) - c.rate * u * (1 - u / c.capacity) end
    end,
  },
}

-- Standing waves over the measured range, cos(k pi s) and their products up to `most` half waves together, as columns:
-- what the baseline learns from.
local function waves(o, data, names, most)
  local columns, given = {}, { data }
  local function add(i, left, name, factors)
    if i > #names then
      if #factors > 0 then columns[#columns + 1], given[name] = name, table.concat(factors, " * ") end
      return
    end
    local range = data.ranges[names[i]]
    for k = 0, range and left or 0 do
      local more = { table.unpack(factors) }
      if k > 0 then
        more[#more + 1] = ("cos((`%s` - %.17g) * %.17g)"):format(names[i], range[1], k * math.pi / (range[2] - range[1]))
      end
      add(i + 1, left - k, k > 0 and ("%s_%s%d"):format(name, names[i], k) or name, more)
    end
  end
  add(1, most, "wave", {})
  return o.derive(given), columns
end

-- Where the law is held against the field: what is not said is where it was measured.
local function domain(data, names, p)
  local ranges, given = {}, { [p.t] = { p.low, p.high }, [p.x] = { p.left, p.right } }
  for _, name in ipairs(names) do
    local measured, said = data.ranges[name] or {}, given[name] or {}
    ranges[name] = { said[1] or measured[1], said[2] or measured[2] }
  end
  return ranges
end

return {
  title = "Physics",
  question = "Which field obeys this law and fits the measurements, and what are the law's coefficients?",

  bundled = {
    data = "oscillator.csv", set = { law = "oscillator", target = "u", low = 0, high = 10 },
    about = "a damped oscillator, u'' + 2 damping u' + omega² u = 0 with omega = 2 and damping = 0.15: 100 positions with noise of 0.01",
  },

  params = {
    { "law", type = "choice", choices = { "oscillator", "heat", "growth" }, default = "oscillator",
      help = "the law: oscillator, heat (a rod), growth (logistic)" },
    { "target", type = "column", required = true, help = "the column of the measured field" },
    { "t", type = "column", default = "t", help = "the column of times" },
    { "x", type = "column", default = "x", help = "the column of places (heat)" },
    { "omega", type = "number", default = 2, help = "angular frequency without damping (oscillator)" },
    { "damping", type = "number", default = 1, help = "first guess (oscillator)" },
    { "diffusivity", type = "number", default = 0.5, help = "first guess (heat)" },
    { "rate", type = "number", default = 1, help = "first guess (growth)" },
    { "capacity", type = "number", default = 1, help = "first guess (growth)" },
    { "low", type = "number", help = "from which time the law holds (default: the first measurement)" },
    { "high", type = "number", help = "until which time the law holds (default: the last measurement)" },
    { "left", type = "number", help = "from which place the law holds (default: the first measurement)" },
    { "right", type = "number", help = "up to which place the law holds (default: the last measurement)" },
    { "test", type = "number", default = 0.2, min = 0, max = 0.95, help = "share of the measurements kept to test on" },
    { "test_rows", type = "file", help = "file with one row number a line, from 0: these measurements test instead" },
    { "points", type = "integer", default = 500, min = 1, max = 1000000,
      help = "places where the law is held against the field" },
    { "equation_weight", type = "number", default = 100, min = 0, max = 1e9, help = "of the law beside the measurements" },
    { "hidden", type = "text", default = "32,32", help = "units of each hidden layer" },
    { "cycles", type = "number", default = 3, min = 0.01, max = 1000, help = "waves over the domain that the network begins with" },
    { "epochs", type = "integer", default = 1000, min = 1, max = 1000000, help = "updates by Adam" },
    { "refinements", type = "integer", default = 2000, min = 0, max = 1000000, help = "iterations of L-BFGS after that" },
    { "waves", type = "integer", default = 16, min = 1, max = 100, help = "half waves over the range that the model beside it may have" },
  },

  run = function(o, p)
    local law, coordinates, unknown = laws[p.law], {}, {}
    for i, name in ipairs(law.coordinates) do coordinates[i] = p[name] end
    for _, name in ipairs(law.unknown) do unknown[name] = p[name] end

    local data, columns = waves(o, o.data(), coordinates, #coordinates > 1 and math.min(p.waves, 8) or p.waves)
    local parts = o.split { data, test = not p.test_rows and p.test or nil, test_rows = p.test_rows, validation = 0 }

    -- The baseline knows no law: waves, kept small by cross-validation.
    local base = o.fit { "ridge", parts, target = p.target, features = columns, task = "regression", name = "baseline" }

    local field = o.fit {
      nn.field {
        residual = law.residual(p), unknown = unknown,
        domain = domain(data, coordinates, p),
        points = p.points, equation_weight = p.equation_weight, hidden = p.hidden, cycles = p.cycles,
        refinements = p.refinements,
      },
      parts, target = p.target, features = coordinates, task = "regression", epochs = p.epochs, name = "field",
    }

    local scores = o.evaluate { field, baseline = base, on = parts.test }
    o.predict { field, on = data }
    o.plot { "training", field }
    o.plot { "field", field, on = parts.train }
    o.plot { "residuals", scores }
  end,
}
