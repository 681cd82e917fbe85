#!/usr/bin/python3
"""Renders characters with colours (SGR escapes as tests/support/show_plots prints them) as a
PNG, to look at what a terminal would show. Usage: cells_png.py OUT.png [light] < text"""
import re
import sys

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
WIDTH, HEIGHT = 10, 20
LIGHT = len(sys.argv) > 2 and sys.argv[2] == "light"
FORE, BACK = ((30, 30, 30), (255, 255, 255)) if LIGHT else ((220, 220, 220), (18, 18, 18))


def colour(codes, at):
    return tuple(int(c) for c in codes[at + 2:at + 5])


def cells(line):
    fore, back = FORE, BACK
    for piece in re.findall(r"\x1b\[[0-9;]*m|.", line):
        if piece[0] != "\x1b":
            yield piece, fore, back
            continue
        codes = piece[2:-1].split(";")
        if codes[0] == "38":
            fore = colour(codes, 0)
        elif codes[0] == "48":
            back = colour(codes, 0)
        else:
            fore = FORE if codes[0] in ("0", "39", "") else fore
            back = BACK if codes[0] in ("0", "49", "") else back


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
    lines = [list(cells(line)) for line in sys.stdin.read().split("\n")]
    image = Image.new("RGB", (WIDTH * max(map(len, lines)), HEIGHT * len(lines)), BACK)
    draw, font = ImageDraw.Draw(image), ImageFont.truetype(FONT, 16)
    for row, line in enumerate(lines):
        for column, (rune, fore, back) in enumerate(line):
            x, y = WIDTH * column, HEIGHT * row
            if back != BACK:
                draw.rectangle([x, y, x + WIDTH - 1, y + HEIGHT - 1], fill=back)
            if not block(draw, x, y, rune, fore):
                draw.text((x, y), rune, font=font, fill=fore)
    image.save(sys.argv[1])


main()
