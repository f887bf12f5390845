"""Shapes of what is worn, grown, written in or eaten. Each takes the number of its line and its size."""

from __future__ import annotations

from assistant.demo.pen import box, line, oval, path, shadow, shine


def backpack(number: int, _: str) -> str:
    tall = 66 if number in (0, 2) else 84
    pocket = box(108, 184, 104, 62, 16, "d") + line("M112 196h96", "{pale}", 3) + box(196, 196, 5, 16, 2, "s")
    leather = box(150, 150, 20, 40, 5, "o") + oval(160, 182, 4, 4, "s") if number == 5 else ""
    mat = box(92, 252, 136, 16, 8, "k") if number == 0 else ""
    return (
        shadow(160, 84)
        + line("M100 130q-30 40 -16 112", "{deep}", 13)
        + line("M220 130q30 40 16 112", "{deep}", 13)
        + line(f"M138 {tall + 6}q0 -28 22 -28t22 28", "k", 8)
        + path(f"M90 250V{tall + 66}q0 -66 70 -66t70 66V250q0 14 -16 14h-108q-16 0 -16 -14z", "p")
        + path(f"M96 {tall + 62}q6 -52 64 -52t64 52q-64 22 -128 0z", "{light}", 'opacity=".35"')
        + line(f"M96 {tall + 64}q64 22 128 0", "{deep}", 3)
        + pocket
        + leather
        + mat
        + box(142, 214, 36, 16, 4, "{pale}", 'opacity=".6"')
        + shine(f"M104 {tall + 92}q-4 40 0 60", 6, 0.35)
    )


def running_shoes(number: int, _: str) -> str:
    trail = number in (1, 4)
    sole = "M40 236q-4 -22 8 -26l230 4q12 6 6 26q-4 18 -30 18H70q-26 0 -30 -22z"
    lugs = "".join(box(56 + 24 * n, 254, 13, 10, 2, "k") for n in range(9)) if trail else ""
    laces = "".join(line(f"M{142 + 17 * n} {134 + 12 * n}l-16 22", "#fff", 5) for n in range(4))
    stripe = ("M96 206q34 -40 62 -48", "M84 176l50 32M104 168l44 40", "M70 200q70 4 112 -34")[number % 3]
    return (
        shadow(160, 128)
        + lugs
        + path(sole, "y")
        + path("M44 222q110 18 238 2l-2 12q-120 16 -240 0z", "{main}", 'opacity=".7"')
        + path("M48 212q-8 -44 8 -84q20 -10 30 6q18 22 48 -10q12 -8 22 4q40 44 92 54q40 8 34 38q-116 14 -234 -8z", "p")
        + path("M236 182q48 4 46 38q-20 4 -58 4q-10 -26 12 -42z", "d")
        + path("M48 212q-6 -40 4 -70q26 14 34 76z", "d")
        + path("M60 128q14 -6 22 4q20 24 52 -8l8 8q-36 44 -76 14q-8 -8 -6 -18z", "{deep}")
        + laces
        + line(stripe, "{pale}", 8)
        + shine("M176 168q32 18 62 22", 4)
    )


def bike_helmet(number: int, _: str) -> str:
    vents = {2: 5, 4: 5, 3: 3}.get(number, 0)
    holes = "".join(
        path(f"M{104 + 30 * n} {152 - 14 * (2 - abs(2 - n))}q14 -22 26 -22q-2 26 -14 46q-12 2 -12 -24z", "{deep}")
        for n in range(vents)
    )
    round_ = (
        ""
        if vents
        else oval(126, 146, 9, 5, "{deep}")
        + oval(164, 126, 9, 5, "{deep}")
        + oval(206, 142, 9, 5, "{deep}")
        + line("M64 188q96 26 198 -4", "{pale}", 5)
    )
    visor = path("M246 168q40 6 50 26q-26 4 -54 -4z", "k") if number == 3 else ""
    return (
        shadow(160, 104)
        + line("M106 196q10 44 46 58M206 192q-14 46 -54 62", "k", 6)
        + box(140, 248, 26, 12, 5, "k")
        + visor
        + path("M52 190Q52 74 164 74Q268 78 268 178q-8 16 -34 18q-90 22 -160 10q-22 -4 -22 -16z", "p")
        + path("M52 190q100 28 216 -12q-2 14 -34 18q-90 22 -160 10q-22 -4 -22 -16z", "{deep}")
        + holes
        + round_
        + oval(60, 182, 6, 9, "#e8463c")
        + shine("M84 142q18 -38 56 -50", 7)
    )


def _leaf(x: float, y: float, turn: float, long: float, wide: float, fill: str, vein: str = "#2f6b3c") -> str:
    blade = f"M{x} {y}q{-wide} {-long * 0.5} 0 {-long}q{wide} {long * 0.5} 0 {long}z"
    return (
        f'<g transform="rotate({turn} {x} {y})">'
        + path(blade, fill)
        + line(f"M{x} {y}v{-long * 0.8:.0f}", vein, 1.6, 'opacity=".6"')
        + "</g>"
    )


def plant(number: int, _: str) -> str:
    greens = ("#3f8a4d", "#57a362", "#2f7040", "#6bb36e")
    if number == 7:
        top = (
            box(136, 96, 48, 104, 24, "#4c9a5c")
            + box(100, 132, 30, 26, 13, "#57a362")
            + box(100, 118, 22, 30, 11, "#57a362")
            + box(184, 146, 32, 22, 11, "#3f8a4d")
            + box(198, 124, 20, 36, 10, "#3f8a4d")
            + "".join(line(f"M{x} 106v80", "#d9efc9", 1.4, 'stroke-dasharray="1 9"') for x in (146, 160, 174))
            + oval(160, 96, 9, 7, "#e87aa0")
        )
    else:
        count, long, wide = (
            (7, 118, 62),
            (9, 136, 22),
            (13, 84, 34),
            (9, 74, 60),
            (9, 98, 24),
            (9, 104, 52),
            (13, 140, 20),
        )[number]
        spread = 58 if number == 1 else 150
        leaves = [(-spread / 2 + spread * n / (count - 1)) for n in range(count)]
        order = sorted(range(count), key=lambda n: -abs(leaves[n]))
        stem = line("M160 204V96", "#6b4a2f", 7) if number == 2 else ""
        base = 132 if number == 2 else 204
        top = stem + "".join(
            _leaf(
                160,
                base,
                leaves[n],
                long * (1 - abs(leaves[n]) / 400),
                wide,
                greens[n % 4],
                "#e9d98a" if number == 1 else "#dff0d0" if number == 5 else "#24552f",
            )
            for n in order
        )
    return (
        shadow(160, 64)
        + top
        + path("M110 200h100l-12 58q-38 12 -76 0z", "c")
        + path("M104 190h112v18q-56 12 -112 0z", "p")
        + oval(160, 191, 55, 8, "#4a3526")
        + shine("M124 212l6 36", 6)
    )


def notebook(number: int, _: str) -> str:
    high = {1: 152, 5: 148, 3: 208}.get(number, 188)
    wide, top = high * 0.7, 262 - high
    left = 152 - wide / 2
    elastic = line(f"M{left + wide - 20} {top}v{high}", "{deep}", 5) if number in (0, 3, 4) else ""
    spiral = (
        "".join(line(f"M{left - 6} {top + 14 + 15 * n}h16", "#8b9099", 3.5) for n in range(int(high / 15) - 1))
        if number in (2, 5)
        else ""
    )
    label = (
        box(left + 24, top + 34, wide - 62, 34, 3, "y") + line(f"M{left + 34} {top + 47}h{wide - 84}", "{dark}", 2.5)
        if number != 4
        else oval(left + wide / 2 - 6, top + high / 2, 15, 15, "{dark}", 'opacity=".6"')
    )
    return (
        shadow(160, wide / 2 + 26)
        + '<g transform="rotate(-4 160 200)">'
        + box(left + 9, top + 6, wide, high - 2, 5, "{deep}")
        + box(left + 6, top + 4, wide - 1, high - 4, 3, "y")
        + "".join(line(f"M{left + wide + n} {top + 8}v{high - 12}", "#cfc6b4", 0.8) for n in (1, 3, 5))
        + box(left, top, wide, high, 6, "p")
        + box(left, top, 15, high, 5, "{dark}", 'opacity=".5"')
        + label
        + elastic
        + spiral
        + path(f"M{left + wide * 0.6} {top + high}v22l6 -7l6 7v-22z", "{dark}")
        + shine(f"M{left + 22} {top + 12}v{high - 30}", 3, 0.3)
        + "</g>"
    )


def coffee(_: int, size: str) -> str:
    high = {"250 g": 132, "500 g": 156, "1000 g": 184}.get(size, 150)
    top = 258 - high
    beans = "".join(
        f'<g transform="rotate({turn} {x} {y})">'
        + oval(x, y, 11, 7, "#4a2c1c")
        + line(f"M{x - 9} {y}q9 -5 18 0", "#2a1710", 2)
        + "</g>"
        for x, y, turn in ((236, 252, 20), (258, 260, -30), (222, 264, 60), (74, 260, -20))
    )
    return (
        shadow(160, 86)
        + path(f"M98 {top}h124l8 {high}q-70 14 -140 0z", "c")
        + path(f"M98 {top}h124l-3 -20h-118z", "d")
        + line(f"M100 {top}h120", "{deep}", 2)
        + box(112, top + 40, 96, high - 76, 6, "y")
        + oval(160, top + 22, 6, 6, "{deep}")
        + f'<g transform="rotate(-25 160 {top + high / 2})">'
        + oval(160, top + high / 2, 21, 14, "{dark}")
        + line(f"M141 {top + high / 2}q19 -10 38 0", "#fff", 3)
        + "</g>"
        + box(126, 258 - 50, 68, 5, 2, "{main}")
        + shine(f"M108 {top + 12}l-5 {high - 40}", 6, 0.35)
        + beans
    )


def tea(_: int, size: str) -> str:
    high = {"50 g": 104, "100 g": 136, "250 g": 168}.get(size, 130)
    top, middle = 256 - high, 256 - high / 2 + 8
    leaf = path(f"M160 {middle + 20}q-26 -22 0 -46q26 24 0 46z", "{main}") + path(
        f"M162 {middle + 18}q10 -30 34 -26q0 26 -34 26z", "{dark}"
    )
    return (
        shadow(160, 74)
        + path(f"M100 {top}v{high - 10}q60 24 120 0V{top}z", "c")
        + path(f"M94 {top - 20}v26q66 22 132 0v-26z", "d")
        + oval(160, top - 20, 66, 14, "p")
        + oval(160, top - 22, 44, 8, "{light}", 'opacity=".5"')
        + path(f"M100 {top + 34}q60 20 120 0v{high - 64}q-60 20 -120 0z", "y")
        + leaf
        + line(f"M136 {256 - 30}q24 6 48 0", "{dark}", 3)
        + shine(f"M114 {top + 18}v{high - 40}", 6, 0.4)
    )


def chocolate(number: int, size: str) -> str:
    wide = {"80 g": 92, "100 g": 104, "200 g": 128}.get(size, 104)
    bar = "#8a5a38" if number in (2, 3) else "#f0dfc0" if number == 4 else "#3b2118"
    squares = "".join(
        box(160 - wide / 2 + 7 + (wide - 10) / 4 * n, 66 + 28 * row, (wide - 26) / 4, 23, 3, "#fff", 'opacity=".16"')
        for n in range(4)
        for row in range(2)
    )
    left = 160 - wide / 2
    foil = f"M{left - 2} 122l10 -9l10 9l12 -10l12 10l10 -9l12 9L{left + wide + 2} 112v20h-{wide + 4}z"
    return (
        shadow(164, wide / 2 + 26)
        + '<g transform="rotate(6 160 170)">'
        + box(left, 60, wide, 190, 5, bar)
        + squares
        + path(foil, "s")
        + box(left - 4, 124, wide + 8, 136, 4, "p")
        + box(left + 10, 158, wide - 20, 62, 3, "y")
        + line(f"M{left + 22} 178h{wide - 44}", "{dark}", 6)
        + line(f"M{left + 34} 194h{wide - 68}", "{main}", 3)
        + oval(160, 240, 6, 6, "{pale}")
        + shine(f"M{left + 4} 136v108", 4, 0.35)
        + "</g>"
    )


def olive_oil(number: int, size: str) -> str:
    scale = {"250 ml": 0.8, "500 ml": 0.92, "750 ml": 1.04}.get(size, 0.9)
    olives = (
        oval(232, 254, 15, 11, "#6c8034")
        + oval(228, 251, 5, 3, "#a9bf6a")
        + oval(254, 260, 13, 10, "#4d5f26")
        + path("M214 244q-6 -18 12 -24q6 16 -12 24z", "#8aa05a")
    )
    square = number in (2, 4)
    body = (
        "M118 250V128q2 -26 26 -36V52h32v40q24 10 26 36v122q-42 12 -84 0z"
        if not square
        else "M114 250V120q0 -14 30 -24V52h32v44q30 10 30 24v130q-46 10 -92 0z"
    )
    return (
        shadow(160, 60)
        + f'<g transform="translate(160 262) scale({scale}) translate(-160 -262)">'
        + path(body, "c")
        + path("M140 34h40v26h-40z", "k")
        + box(138, 54, 44, 8, 3, "#c8a24a")
        + box(116 if square else 120, 150, 88 if square else 80, 74, 4, "y")
        + oval(152, 180, 12, 9, "{main}")
        + oval(172, 186, 12, 9, "{dark}")
        + line("M134 208h52", "{dark}", 3.5)
        + shine("M130 134v100", 6, 0.5)
        + "</g>"
        + olives
    )


def pasta(number: int, size: str) -> str:
    scale = 1.08 if size == "1000 g" else 0.96
    if number in (0, 3):
        strands = "".join(line(f"M{128 + 8 * n} 92v96", "#e8c06a" if n % 2 else "#d9a94f", 7) for n in range(9))
    else:
        strands = "".join(
            f'<g transform="rotate({53 * n % 140 - 70} {116 + 22 * (n % 5)} {112 + 24 * (n // 5)})">'
            + box(103 + 22 * (n % 5), 107 + 24 * (n // 5), 26, 10, 5, "#e3b65c" if n % 2 else "#d7a345")
            + line(f"M{108 + 22 * (n % 5)} {112 + 24 * (n // 5)}h16", "#f6dc9c", 2)
            + "</g>"
            for n in range(15)
        )
    ear = "".join(line(f"M{212 + 5 * n} 262q{8 + 4 * n} -30 {22 + 7 * n} -44", "#d9b25a", 3) for n in range(3))
    return (
        shadow(160, 76)
        + ear
        + f'<g transform="translate(160 262) scale({scale}) translate(-160 -262)">'
        + path("M96 66h128l6 192q-70 10 -140 0z", "p")
        + path("M104 88h112l2 104h-116z", "#fbf3df")
        + strands
        + path(
            "M96 66h128v-16l-8 5l-8 -5l-8 5l-8 -5l-8 5l-8 -5l-8 5l-8 -5l-8 5l-8 -5l-8 5l-8 -5l-8 5l-8 -5l-8 5l-8 -5z",
            "d",
        )
        + path("M92 186h136l2 50h-140z", "{main}")
        + box(120, 200, 80, 22, 3, "y")
        + line("M134 211h52", "{dark}", 4)
        + shine("M106 100l-3 80", 5, 0.6)
        + "</g>"
    )
