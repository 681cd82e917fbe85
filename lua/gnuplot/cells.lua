-- A terminal for gnuplot, written for gnuplot's own `lua` terminal: what gnuplot draws goes
-- out as small binary records that the program turns into characters (core/plot/stream.h has
-- the list; one unit is a dot, 2 x 4 dots a character).
--
--   set terminal lua "cells.lua" COLUMNS ROWS FRAME
--
-- gnuplot 5.4 goes on spinning with empty plots once a callback has raised an error. So none
-- may: each runs under pcall, and after a failure the frame is never ended, which the reader
-- takes for a failure. Records go to the process's stdout with io.write and not with
-- gp.write, which stops at a zero byte.

local pack, char, concat = string.pack, string.char, table.concat
local floor = math.floor

local out, n_out = {}, 0 -- records not yet written
local points, n_points = {}, 0 -- of the line that is being drawn, packed
local line_x, line_y -- where its pen is; nil: none is being drawn
local first, low, high -- where it came into this column of dots, and how far it went there
local wrote -- the height written last
local drawn -- it went somewhere, if only to where it was
local frame, columns, rows = 0, 80, 24
local broken -- why the frame cannot be ended
local justify, angle, point_size = 0, 0, 1

local function write_out()
  io.write(concat(out, "", 1, n_out))
  n_out = 0
end

local function put(record)
  n_out = n_out + 1
  out[n_out] = record
  if n_out >= 4096 then write_out() end
end

local function short(v)
  v = floor(v + 0.5)
  return v < -32768 and -32768 or v > 32767 and 32767 or v
end

local function byte(v)
  v = floor(v + 0.5)
  return v < 0 and 0 or v > 255 and 255 or v
end

-- ---- lines: of each column of dots the reach is enough ----

local function add_point(y)
  wrote = y
  n_points = n_points + 1
  points[n_points] = pack("<i2i2", short(line_x), short(y))
end

-- Within a column a line covers the dots from its lowest to its highest, however often it went up and down.
local function end_column(y)
  if low < y and low < first then add_point(low) end
  if high > y and high > first then add_point(high) end
  if wrote ~= y then add_point(y) end
end

local function end_line()
  if not line_x then return end
  end_column(line_y)
  if n_points == 1 and drawn then add_point(line_y) end
  if n_points > 1 then put("P" .. pack("<I2", n_points) .. concat(points, "", 1, n_points)) end
  n_points, line_x, drawn = 0, nil, false
end

local function start_line(x, y)
  end_line()
  line_x, line_y, first, low, high = x, y, y, y, y
  add_point(y)
end

local function draw_to(x, y)
  drawn = true
  if x == line_x then
    line_y = y
    if y < low then low = y elseif y > high then high = y end
    return
  end
  end_column(line_y)
  if n_points > 65000 then start_line(line_x, line_y) end
  line_x, line_y, first, low, high = x, y, y, y, y
  add_point(y)
end

-- ---- everything else ----

local draw = {}

function draw.options(text)
  local c, r, f = text:match("(%d+)%s+(%d+)%s+(%d+)")
  columns, rows, frame = tonumber(c or 80), tonumber(r or 24), tonumber(f or 0)
  term.xmax, term.ymax = 2 * columns, 4 * rows
  broken = nil
end

function draw.graphics()
  n_out, n_points, line_x = 0, 0, nil
  justify, angle, point_size = 0, 0, 1
  put("B" .. pack("<I4I2I2", frame, columns, rows))
end

function draw.text()
  end_line()
  put("E" .. pack("<I4", frame))
  write_out()
  io.flush()
end

function draw.move(x, y)
  if x ~= line_x or y ~= line_y then start_line(x, y) end
end

draw.vector = draw_to -- gnuplot always moves first

function draw.linewidth(width)
  end_line()
  put("W" .. char(byte(10 * width)))
end

function draw.dashtype(kind, pattern)
  end_line()
  local parts = {}
  if kind == -3 then -- the user's own
    for i = 1, math.min(#pattern, 8) do parts[i] = char(byte(pattern[i])) end
  end
  put("D" .. char(#parts) .. concat(parts))
end

function draw.linetype(kind)
  end_line()
  if kind >= -2 then put("D\0") end
end

function draw.set_color(kind, _, _, opacity, r, g, b)
  end_line()
  if kind == "RGBA" and opacity < 0.01 or kind == "LT" then put("N")
  elseif kind == "RGBA" or kind == "FRAC" then
    put("C" .. char(byte(255 * r), byte(255 * g), byte(255 * b)))
  end
end

function draw.pointsize(size) point_size = size < 0 and 1 or size end

function draw.point(x, y, kind)
  end_line()
  put("S" .. pack("<i2i2", short(x), short(y)) .. char(byte(kind < 0 and 0 or kind + 1), byte(10 * point_size)))
end

function draw.justify_text(where) justify = where == "left" and 0 or where == "center" and 1 or 2 end

function draw.text_angle(degrees) angle = degrees end

function draw.put_text(x, y, text)
  end_line()
  if text == "" then return end
  put("T" .. pack("<i2i2Bi2s2", short(x), short(y), justify, short(angle), text:sub(1, 1000)))
end

local function cover(style, percent)
  if style == "EMPTY" then return 0 end
  if style == "SOLID" or style == "TRANSPARENT_SOLID" then return byte(percent) end
  return 100
end

function draw.filled_polygon(style, percent, corners)
  end_line()
  local n = math.min(#corners, 65535)
  local parts = {}
  for i = 1, n do parts[i] = pack("<i2i2", short(corners[i][1]), short(corners[i][2])) end
  put("F" .. char(cover(style, percent)) .. pack("<I2", n) .. concat(parts))
end

-- gnuplot makes boxes larger by a dot each way; taken off, those side by side meet and do not overlap.
function draw.boxfill(style, percent, x, y, width, height)
  end_line()
  width, height = math.max(width - 1, 1), math.max(height - 1, 1)
  put("R" .. char(cover(style, percent)) ..
      pack("<i2i2i2i2", short(x), short(y), short(x + width), short(y + height)))
end

-- Corners: upper left, lower right, and the two of the box it is clipped to.
function draw.image(width, height, pixels, corners, kind)
  end_line()
  local parts = {}
  for i = 1, #pixels do
    local p = pixels[i]
    local seen = not p[4] or p[4] > 0
    parts[i] = char(byte(255 * p[1]), byte(255 * p[2]), byte(255 * p[3]), seen and 1 or 0)
  end
  local ends = {}
  for i = 1, 4 do ends[i] = pack("<i2i2", short(corners[i][1]), short(corners[i][2])) end
  put("I" .. concat(ends) .. pack("<I2I2", width, height) .. concat(parts))
end

-- ---- behind the wall ----

local function guard(name, act, answer)
  term[name] = function(...)
    if not broken then
      local well, why = pcall(act, ...)
      if not well then
        broken = name .. ": " .. tostring(why)
        io.stderr:write("cells.lua: ", broken, "\n")
      end
    end
    return answer
  end
end

term.xmax, term.ymax = 160, 96
term.h_char, term.v_char = 2, 4
term.h_tic, term.v_tic = 2, 4
term.description = "Characters of a text terminal"
term.flags = term.TERM_BINARY + term.TERM_CAN_MULTIPLOT + term.TERM_CAN_DASH + term.TERM_ALPHA_CHANNEL +
             term.TERM_LINEWIDTH

for name, act in pairs(draw) do guard(name, act, 1) end
for _, name in ipairs { "init", "reset", "path", "layer", "previous_palette", "set_font", "boxed_text" } do
  term[name] = function() return 1 end
end
term.set_font = function() return 0 end
term.make_palette = function() return 0 end -- any number of colours
term.arrow = function() return 0 end -- gnuplot draws it with lines
