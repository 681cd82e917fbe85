#!/usr/bin/python3
"""Renders characters with colours (SGR escapes as tests/support/show_plots prints them, or
`tmux capture-pane -e`) as a PNG, to look at what a terminal would show.
Usage: cells_png.py OUT.png [light] < text"""
import re
import sys

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
BOLD = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf"
WIDTH, HEIGHT = 10, 20
LIGHT = len(sys.argv) > 2 and sys.argv[2] == "light"
FORE, BACK = ((30, 30, 30), (255, 255, 255)) if LIGHT else ((220, 220, 220), (18, 18, 18))


ANSI = [(0, 0, 0), (205, 0, 0), (0, 170, 0), (180, 140, 0), (40, 90, 220), (180, 0, 180), (0, 160, 180), (200, 200, 200),
        (110, 110, 110), (255, 80, 80), (80, 220, 80), (230, 200, 60), (100, 150, 255), (230, 100, 230), (80, 210, 230),
        (255, 255, 255)]


def of_256(n):
    if n < 16:
        return ANSI[n]
    if n >= 232:
        return (8 + 10 * (n - 232),) * 3
    levels = (0, 95, 135, 175, 215, 255)
    return levels[(n - 16) // 36], levels[(n - 16) // 6 % 6], levels[(n - 16) % 6]


class Style:
    def __init__(self):
        self.reset()

    def reset(self):
        self.fore, self.back, self.bold, self.dim, self.underline, self.reverse = None, None, False, False, False, False

    def take(self, codes):
        codes = [int(c or 0) for c in codes]
        while codes:
            c = codes.pop(0)
            if c == 0:
                self.reset()
            elif c in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[c], True)
            elif c == 22:
                self.bold = self.dim = False
            elif c in (24, 27):
                setattr(self, {24: "underline", 27: "reverse"}[c], False)
            elif c in (38, 48):
                name = "fore" if c == 38 else "back"
                if codes.pop(0) == 5:
                    setattr(self, name, of_256(codes.pop(0)))
                else:
                    setattr(self, name, tuple(codes.pop(0) for _ in range(3)))
            elif c in (39, 49):
                setattr(self, "fore" if c == 39 else "back", None)
            elif 30 <= c < 38 or 90 <= c < 98:
                self.fore = ANSI[c - 30 if c < 90 else c - 82]
            elif 40 <= c < 48 or 100 <= c < 108:
                self.back = ANSI[c - 40 if c < 100 else c - 92]

    def seen(self):
        fore, back = self.fore or FORE, self.back or BACK
        if self.reverse:
            fore, back = back, fore
        if self.dim:
            fore = tuple((a + b) // 2 for a, b in zip(fore, back))
        return fore, back, self.bold, self.underline


def cells(line, style):
    for piece in re.findall(r"\x1b\[[0-9;]*m|\x1b[()].|[\x0e\x0f]|.", line):
        if piece[0] == "\x1b" and piece[-1] == "m":
            style.take(piece[2:-1].split(";"))
        elif piece[0] not in "\x1b\x0e\x0f":
            yield (piece, *style.seen())


def block(draw, x, y, rune, fore):
    """Blocks and braille are drawn by hand, as terminals do: fonts leave gaps."""
    code = ord(rune)
    if 0x2800 <= code < 0x2900:
        for bit, (dx, dy) in enumerate([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]):
            if code >> bit & 1:
                draw.ellipse([x + 1 + 5 * dx, y + 1 + 5 * dy, x + 3 + 5 * dx, y + 3 + 5 * dy], fill=fore)
        return True
    if 0x2581 <= code <= 0x2588:
        draw.rectangle([x, y + HEIGHT - (code - 0x2580) * HEIGHT // 8, x + WIDTH - 1, y + HEIGHT - 1], fill=fore)
        return True
    halves = {0x2580: 0b0011, 0x258C: 0b0101, 0x2590: 0b1010, 0x2596: 4, 0x2597: 8, 0x2598: 1, 0x2599: 13,
              0x259A: 9, 0x259B: 7, 0x259C: 11, 0x259D: 2, 0x259E: 6, 0x259F: 14}
    if code not in halves:
        return False
    for bit in range(4):
        if halves[code] >> bit & 1:
            left, top = x + bit % 2 * WIDTH // 2, y + bit // 2 * HEIGHT // 2
            draw.rectangle([left, top, left + WIDTH // 2 - 1, top + HEIGHT // 2 - 1], fill=fore)
    return True


def main():
    style = Style()
    lines = [list(cells(line, style)) for line in sys.stdin.read().rstrip("\n").split("\n")]
    image = Image.new("RGB", (WIDTH * max(map(len, lines)), HEIGHT * len(lines)), BACK)
    draw, font, bold = ImageDraw.Draw(image), ImageFont.truetype(FONT, 16), ImageFont.truetype(BOLD, 16)
    for row, line in enumerate(lines):
        for column, (rune, fore, back, heavy, underline) in enumerate(line):
            x, y = WIDTH * column, HEIGHT * row
            if back != BACK:
                draw.rectangle([x, y, x + WIDTH - 1, y + HEIGHT - 1], fill=back)
            if not block(draw, x, y, rune, fore):
                draw.text((x, y), rune, font=bold if heavy else font, fill=fore)
            if underline:
                draw.line([x, y + HEIGHT - 2, x + WIDTH - 1, y + HEIGHT - 2], fill=fore)
    image.save(sys.argv[1])


main()
