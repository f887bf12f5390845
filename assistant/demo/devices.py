"""Shapes of things with a plug, a battery or a handle. Each takes the number of its line and its size."""

from __future__ import annotations

from assistant.demo.pen import box, line, oval, path, shadow, shine


def desk_lamp(number: int, _: str) -> str:
    return (_arm, _mushroom, _bar, _arm, _bar, _mushroom, _globe)[number % 7]()


def _glow(d: str) -> str:
    return path(d, "l")


def _arm() -> str:
    return (
        shadow(136, 74)
        + oval(132, 258, 52, 11, "d")
        + oval(132, 252, 52, 11, "p")
        + line("M132 250L108 168L186 94", "{deep}", 8)
        + line("M131 248L107 167L185 93", "c", 5)
        + oval(108, 168, 9, 9, "k")
        + oval(132, 248, 10, 6, "k")
        + _glow("M196 132L262 124L282 258L172 258z")
        + path("M170 92q4 -26 32 -30q24 -2 36 16l28 40q-34 30 -88 16z", "p")
        + path("M178 134q50 14 88 -16q2 10 -24 20q-40 12 -64 -4z", "#fff4d2")
        + oval(186, 92, 8, 8, "k")
        + shine("M186 84q8 -14 24 -14", 4)
    )


def _mushroom() -> str:
    return (
        shadow(160, 70)
        + _glow("M96 150h128l24 112h-176z")
        + path("M146 146h28l10 108h-48z", "c")
        + oval(160, 254, 46, 10, "c")
        + path("M82 152q4 -86 78 -86t78 86q-78 18 -156 0z", "p")
        + path("M82 152q78 18 156 0q-6 10 -78 12q-72 -2 -78 -12z", "#fff1c8")
        + shine("M104 128q8 -36 38 -46", 6)
    )


def _bar() -> str:
    return (
        shadow(150, 78)
        + _glow("M92 84h142l14 176h-170z")
        + box(96, 250, 108, 13, 6, "d")
        + box(96, 246, 108, 12, 6, "p")
        + box(112, 66, 11, 186, 5, "c")
        + box(98, 58, 148, 20, 9, "p")
        + box(108, 74, 132, 7, 3, "#fff3cf")
        + oval(186, 252, 8, 3, "{pale}")
        + shine("M108 64h92", 3)
    )


def _globe() -> str:
    return (
        shadow(160, 62)
        + oval(160, 132, 118, 118, "b")
        + path("M144 196h32l8 52h-48z", "c")
        + oval(160, 254, 48, 11, "d")
        + oval(160, 249, 48, 11, "p")
        + oval(160, 132, 70, 70, "y")
        + oval(160, 138, 52, 52, "#ffe7a6", 'opacity=".75"')
        + shine("M112 120q8 -34 38 -42", 7, 0.9)
    )


def kettle(number: int, _: str) -> str:
    if number == 3:
        spout = line("M196 226q40 -4 36 -60q-2 -34 26 -40", "d", 11) + line(
            "M196 222q36 -6 33 -58q-1 -32 26 -38", "c", 6
        )
        body = path("M96 244q-8 -70 22 -104h84q30 34 22 104q-64 20 -128 0z", "c")
        return (
            shadow(160, 84)
            + spout
            + body
            + line("M112 138q-56 -10 -54 50q2 40 40 46", "k", 14)
            + path("M118 140q42 -26 84 0z", "d")
            + oval(160, 118, 11, 9, "k")
            + shine("M118 166q-8 30 -4 62", 6)
        )
    glass = number == 4
    body = "M92 246L112 116q46 -16 94 0l22 130q-68 22 -136 0z"
    water = path("M97 214h126l5 32q-68 22 -136 0z", "#9cc9e8", 'opacity=".75"') if glass else ""
    return (
        shadow(166, 88)
        + box(96, 246, 134, 16, 8, "k")
        + line("M204 122q70 -14 66 60q-4 44 -46 50", "k", 17)
        + line("M208 122q58 -10 56 56", "#6d7077", 3)
        + path("M114 132L82 112q-8 -2 -6 8l26 60z", "g" if glass else "d")
        + path(body, "g" if glass else "c", 'opacity=".8"' if glass else "")
        + water
        + path("M112 118q48 -40 94 0q-46 14 -94 0z", "p")
        + oval(160, 92, 13, 8, "k")
        + box(154, 168, 10, 54, 5, "{pale}", 'opacity=".8"')
        + path("M98 232q62 16 128 0l2 14q-68 22 -136 0z", "s" if number != 2 else "d")
        + shine("M122 142L110 216", 8)
    )


def headphones(number: int, _: str) -> str:
    wide = 62 + 4 * (number % 3)
    left, right = 160 - wide, 160 + wide
    band = f"M{left} 190C{left - 6} 40 {right + 6} 40 {right} 190"
    cups = "".join(
        box(x - 24, 156, 48, 88, 22, "k")
        + box(x - 20 + 9 * s, 160, 38, 80, 18, "p")
        + oval(x + 4 * s, 200, 11, 22, "{dark}", 'opacity=".55"')
        + shine(f"M{x - 10 + 9 * s} 174v36", 4, 0.35)
        for x, s in ((left, -1), (right, 1))
    )
    return (
        shadow(160, 92, 252)
        + line(band, "{deep}", 17)
        + line(band, "c", 12)
        + line("M118 86q42 -30 84 0", "k", 15)
        + cups
    )


def vacuum(number: int, _: str) -> str:
    return (_canister, _canister, _canister, _stick, _stick, _robot, _robot, _canister)[number % 8]()


def _canister() -> str:
    return (
        shadow(150, 104)
        + line("M150 178q-10 -120 62 -122q40 4 44 96l6 92", "{deep}", 13)
        + line("M150 178q-10 -120 62 -122q40 4 44 96l6 92", "#5a5d64", 9, 'stroke-dasharray="3 5"')
        + path("M230 246h62q6 16 -4 18h-62q-8 -4 4 -18z", "k")
        + path("M58 232q-6 -66 62 -74q78 -4 92 74q-4 24 -30 26h-96q-26 -2 -28 -26z", "p")
        + path("M98 176q22 -14 54 -8l-14 40h-56q2 -24 16 -32z", "g", 'opacity=".7"')
        + oval(86, 240, 23, 23, "k")
        + oval(86, 240, 10, 10, "s")
        + oval(186, 246, 16, 16, "k")
        + oval(186, 246, 6, 6, "s")
        + box(148, 180, 40, 8, 4, "{deep}")
        + shine("M72 206q10 -28 36 -36", 5)
    )


def _stick() -> str:
    return (
        shadow(160, 90)
        + box(156, 92, 11, 150, 5, "s")
        + path("M112 240h100q14 0 14 22h-128q0 -22 14 -22z", "p")
        + box(106, 254, 112, 9, 4, "k")
        + box(144, 58, 38, 84, 17, "p")
        + box(150, 104, 26, 34, 10, "g", 'opacity=".85"')
        + line("M164 60q-4 -34 28 -30q24 6 18 52q-2 16 -26 18", "k", 12)
        + shine("M152 70v26", 5)
    )


def _robot() -> str:
    return (
        shadow(160, 124, 252)
        + path("M44 200v26q4 34 116 34t116 -34v-26z", "d")
        + oval(160, 200, 116, 54, "p")
        + oval(160, 196, 84, 38, "{dark}", 'opacity=".35"')
        + oval(160, 184, 32, 15, "k")
        + oval(160, 179, 32, 14, "#4a4d54")
        + oval(160, 216, 8, 4, "#8fe0b0")
        + shine("M66 186q28 -26 74 -32", 6)
        + path("M58 222q40 28 102 28v8q-80 -2 -102 -36z", "k")
    )


def keyboard(number: int, _: str) -> str:
    columns = 10 if number in (0, 3, 4) else 14
    wide = 25 * columns * (10.4 / columns)
    cell = wide / columns
    keys = "".join(
        box(
            round(30 + cell * n, 1),
            128 + 22 * row,
            round(cell - 3.4, 1),
            18,
            3.5,
            "p" if (n + row * 3) % 13 or row > 3 else "{pale}",
        )
        for row in range(4)
        for n in range(columns)
    )
    space = (
        box(30, 216, 40, 18, 4, "p") + box(74, 216, 130, 18, 4, "p") + box(208, 216, round(wide - 181, 1), 18, 4, "p")
    )
    return (
        oval(166, 256, 158, 16, "h")
        + '<g transform="translate(0 8)">'
        + box(20, 122, 280, 130, 12, "{deep}")
        + box(20, 116, 280, 128, 12, "s" if number in (1, 4) else "d")
        + keys
        + space
        + shine("M32 122h150", 2, 0.5)
        + "</g>"
    )


def mug(number: int, _: str) -> str:
    steam = "".join(line(f"M{x} 92q-12 -16 0 -30t0 -28", "#fff", 6, 'opacity=".75"') for x in (136, 164))
    if number in (2, 5):
        high = 166 if number == 5 else 142
        top = 258 - high
        return (
            shadow(160, 60)
            + path(f"M108 {top}h104l-12 {high - 4}q-40 14 -80 0z", "c")
            + path(f"M112 {top + 54}h96l-3 40h-90z", "s")
            + path(f"M102 {top - 18}h116v20q-58 12 -116 0z", "k")
            + oval(160, top - 18, 58, 11, "#4b4e55")
            + oval(178, top - 19, 12, 4, "#1d1f24")
            + shine(f"M124 {top + 14}l6 {high - 40}", 6)
        )
    glass, top = number == 3, 128 if number == 1 else 108
    fill = (
        path("M98 150h112l-5 92q-50 20 -100 0z", "#5a3620", 'opacity=".85"') + oval(154, 150, 55, 10, "#7a4c2c")
        if glass
        else ""
    )
    body = path(f"M88 {top}v130q2 20 66 20t66 -20V{top}z", "g" if glass else "c", 'opacity=".34"' if glass else "")
    return (
        steam
        + shadow(160, 84)
        + line(f"M214 {top + 30}q56 -6 50 38q-6 40 -54 38", "{main}" if glass else "d", 16)
        + fill
        + body
        + oval(154, top, 66, 13, "{light}")
        + oval(154, top + 2, 57, 9, "#5a3620" if not glass else "#ffffff", 'opacity=".85"')
        + (path("M88 208q66 24 132 0v12q-66 24 -132 0z", "{pale}", 'opacity=".55"') if number == 0 else "")
        + shine(f"M104 {top + 28}v84", 7)
    )


def speaker(number: int, _: str) -> str:
    mesh = 'stroke-dasharray="2 5" opacity=".5"'
    if number in (2, 5):
        wood = shadow(160, 110) + box(56, 128, 208, 128, 14, "o") + box(66, 138, 188, 108, 8, "p")
        grill = "".join(line(f"M72 {148 + 10 * n}h176", "{deep}", 3, mesh) for n in range(10))
        knob = (
            oval(226, 192, 18, 18, "s") + line("M226 192v-12", "#44474d", 3)
            if number == 5
            else oval(112, 192, 40, 40, "{deep}", 'opacity=".35"') + oval(208, 192, 40, 40, "{deep}", 'opacity=".35"')
        )
        legs = path("M84 254l-8 14h8l10 -14zM236 254l8 14h-8l-10 -14z", "#7c5430")
        return wood + grill + knob + legs + shine("M70 134h120", 3)
    if number == 0:
        return (
            shadow(160, 84)
            + path("M96 132l64 -22l76 20v112l-76 20l-64 -22z", "d")
            + path("M96 132l64 22v108l-64 -22z", "p")
            + path("M160 154l76 -24v112l-76 20z", "d")
            + path("M96 132l66 -22l74 20l-76 24z", "{light}")
            + "".join(line(f"M104 {146 + 12 * n}l48 17", "{deep}", 3, mesh) for n in range(8))
            + oval(164, 131, 14, 6, "{dark}")
            + shine("M102 136l56 19", 2)
        )
    if number in (3, 4):
        stones = ((160, 1.0),) if number == 3 else ((112, 0.8), (212, 0.8))
        return "".join(
            shadow(x, 92 * k)
            + f'<g transform="translate({x} 260) scale({k}) translate(-160 -260)">'
            + path("M72 214q-2 -72 88 -74q90 2 88 74q-4 46 -88 46t-88 -46z", "p")
            + "".join(
                line(f"M{92 + 3 * n} {208 - 9 * n}q68 {22 + 2 * n} {136 - 6 * n} 0", "{deep}", 3, mesh)
                for n in range(6)
            )
            + oval(160, 242, 9, 4, "{pale}")
            + line("M236 196q26 8 22 34", "k", 5)
            + shine("M94 182q14 -24 44 -30", 6)
            + "</g>"
            for x, k in stones
        )
    return (
        shadow(160, 124)
        + box(54, 140, 212, 112, 54, "p")
        + "".join(line(f"M92 {154 + 10 * n}h136", "{deep}", 3, mesh) for n in range(9))
        + oval(80, 196, 26, 52, "k")
        + oval(78, 196, 17, 38, "#4b4e55")
        + oval(242, 196, 24, 50, "{dark}", 'opacity=".5"')
        + box(138, 186, 44, 20, 5, "{pale}", 'opacity=".8"')
        + shine("M96 148h110", 5)
    )
