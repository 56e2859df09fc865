"""Applicants whose proofs are scans of every kind, and what a reader must see of each: pages are grids of greys of their own, so that one
that is turned, mirrored, exchanged or left out is known without a second opinion."""
import os
import random
import subprocess
import xml.etree.ElementTree as ET

import applicants
import pdfs

COLUMNS, ROWS = 6, 8
GREYS = (40, 100, 160, 220)
PASSWORDS = ("geheim", "申报2026")
PARTS = {"project": ("封面页", "项目金额页", "人员名单及本人工作内容", "盖章页"), "paper": ("封面", "刊号", "目录", "正文")}
KINDS = {"education": "学历学位证书", "title": "任职资格和聘任证书", "training": "继续教育证明", "review": "年度考核表", "project": "工作业绩",
         "paper": "论文著作", "award": "获奖证书", "honour": "荣誉证书", "patent": "专利和软件著作权证书", "standard": "标准文本",
         "qualification": "资质证书", "influence": "行业影响力证明"}
PAPER = {"A4": (595, 842), "A3": (842, 1191), "receipt": (227, 600)}


def grid(chance):
    return tuple(tuple(chance.choice(GREYS) for _ in range(COLUMNS)) for _ in range(ROWS))


def draw(pdf, cells, size, turn):
    """A page that a reader sees upright, though it is stored turned."""
    width, height = size
    w0, h0 = (height, width) if turn in (90, 270) else size
    stored = {0: lambda x, y: (x, h0 - y), 90: lambda x, y: (y, x), 180: lambda x, y: (w0 - x, y), 270: lambda x, y: (w0 - y, h0 - x)}[turn]
    content = ""
    for r, row in enumerate(cells):
        for c, grey in enumerate(row):
            u0, v0 = stored(c * width / COLUMNS, r * height / ROWS)
            u1, v1 = stored((c + 1) * width / COLUMNS, (r + 1) * height / ROWS)
            content += f"{grey / 255:.4f} g {min(u0, u1):.3f} {min(v0, v1):.3f} {abs(u1 - u0):.3f} {abs(v1 - v0):.3f} re f\n"
    pdf.page(content, (0, 0, w0, h0), f"/Rotate {turn}" if turn else "")


def draw_heavy(pdf, cells, chance):
    """A scan of 150 dpi with noise, of 2 MB."""
    width, height = 1242, 1760
    data = b""
    for row in cells:
        line = int.from_bytes(b"".join(bytes([g & 0xf0]) * (width // COLUMNS) for g in row) * (height // ROWS), "big")
        noise = chance.randbytes(width * height // ROWS).translate(bytes(v & 15 for v in range(256)))
        data += (line | int.from_bytes(noise, "big")).to_bytes(len(noise), "big")
    image = pdf.stream(data, f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8")
    pdf.page("q 595 0 0 842 0 0 cm /Im Do Q", resources=f"/XObject<</Im {image} 0 R>>")


def jpeg(cells, orientation):
    scale, width, height = 4, COLUMNS * 4, ROWS * 4  # blocks, as they are seen
    if orientation >= 5:
        width, height = height, width
    seen = {1: lambda x, y: (x, y), 2: lambda x, y: (width - 1 - x, y), 3: lambda x, y: (width - 1 - x, height - 1 - y),
            4: lambda x, y: (x, height - 1 - y), 5: lambda x, y: (y, x), 6: lambda x, y: (height - 1 - y, x),
            7: lambda x, y: (height - 1 - y, width - 1 - x), 8: lambda x, y: (y, width - 1 - x)}[orientation]

    def block(x, y):
        x, y = seen(x, y)
        return (cells[y // scale][x // scale], 128, 128)
    return pdfs.block_jpeg(width, height, block, orientation=orientation)


class Scans:
    """Files in a folder; cite() gives (href, pages, grids of the cited pages)."""

    def __init__(self, folder, chance):
        self.folder, self.chance, self.number, self.kinds = folder, chance, 0, {}

    def put(self, kind, suffix, data):
        self.number += 1
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        name = f"scans/{self.number:05}.{suffix}"
        os.makedirs(os.path.join(self.folder, "scans"), exist_ok=True)
        with open(os.path.join(self.folder, name), "wb") as f:
            f.write(data)
        return name

    def cite(self):
        kind = self.chance.choice(("pdf", "pdf", "turned", "a3", "long", "long", "heavy", "encrypted", "jpeg", "exif", "exif", "alpha", "mixed"))
        return getattr(self, kind)()

    def document(self, kind, sizes, turns=(0,), encrypt=None):
        pdf, grids = pdfs.Pdf(), []
        for size in sizes:
            grids.append(grid(self.chance))
            draw(pdf, grids[-1], PAPER[size], self.chance.choice(turns))
        name = self.put(kind, "pdf", pdf.bytes())
        if encrypt is not None:
            path = os.path.join(self.folder, name)
            subprocess.run(["qpdf", "--replace-input", "--static-id", "--encrypt", encrypt, "owner", "256", "--", path], check=True)
        return self.select(name, grids)

    def select(self, name, grids):
        """All of it, or some pages in any order; one that is named twice counts once."""
        if len(grids) == 1 or self.chance.random() < 0.4:
            return name, "", grids
        first = self.chance.randrange(len(grids))
        last = self.chance.randrange(first, min(first + 5, len(grids)))
        more = self.chance.randrange(len(grids))
        pages = dict.fromkeys([more, *range(first, last + 1)])
        return name, f"{more + 1},{first + 1}-{last + 1}", [grids[i] for i in pages]

    def pdf(self):
        return self.document("pdf", ["A4"] * self.chance.randint(1, 4))

    def turned(self):
        return self.document("turned", ["A4"] * self.chance.randint(1, 3), (90, 180, 270))

    def a3(self):
        return self.document("a3", ["A3"] * self.chance.randint(1, 2), (0, 90))

    def long(self):
        return self.document("20 pages", ["A4"] * 20)

    def mixed(self):
        return self.document("mixed", ["A4", "A3", "receipt"], (0, 90, 180, 270))

    def encrypted(self):
        return self.document("encrypted", ["A4"] * 2, encrypt=self.chance.choice(PASSWORDS))

    def heavy(self):
        pdf, cells = pdfs.Pdf(), grid(self.chance)
        draw_heavy(pdf, cells, self.chance)
        return self.put("heavy", "pdf", pdf.bytes()), "", [cells]

    def jpeg(self):
        cells = grid(self.chance)
        return self.put("jpeg", "jpg", jpeg(cells, 1)), "", [cells]

    def exif(self):
        cells = grid(self.chance)
        return self.put("exif", "jpg", jpeg(cells, self.chance.randint(2, 8))), "", [cells]

    def alpha(self):
        """Black, more or less of it, over the page's white."""
        cells = grid(self.chance)
        data = pdfs.png(COLUMNS * 12, ROWS * 12, lambda x, y: (0, 0, 0, 255 - cells[y // 12][x // 12]), color=6)
        return self.put("alpha", "png", data), "", [cells]


def add_proof(node, scans, parts):
    """The grids that its file must show, in order."""
    cited = [(part, *scans.cite()) for part in parts or ("",) * scans.chance.choice((1, 1, 2))]
    written = scans.chance.sample(cited, len(cited)) if parts else cited
    for part, href, pages, _ in written:
        ET.SubElement(node, "evidence", {k: v for k, v in (("kind", "" if part else "荣誉证书"), ("part", part), ("href", href), ("pages", pages)) if v})
    return [g for *_, grids in cited for g in grids]


def generate(folder, count, seed):
    """(path of the batch, {applicant: [(kind of file, grids)]}, {kind of scan: files}); passwords are in folder/passwords."""
    path = applicants.generate(folder, count, seed)
    tree, chance = ET.parse(path), random.Random(seed)
    scans, expected = Scans(folder, chance), {}
    for who in tree.iter("applicant"):
        wanted = expected[who.get("id")] = []
        for node in who:
            for evidence in node.findall("evidence"):
                node.remove(evidence)
            if node.tag in KINDS:
                node.attrib.pop("verified", None)
                kind = "科研项目" if node.get("category") == "科研项目" else KINDS[node.tag]
                wanted.append((kind, add_proof(node, scans, PARTS.get(node.tag))))
        href, pages, grids = scans.cite()
        card = ET.Element("document", {"kind": "身份证", "href": href, **({"pages": pages} if pages else {})})
        who.append(card)
        wanted.append(("身份证", grids))
    tree.write(path, encoding="utf-8", xml_declaration=True)
    with open(os.path.join(folder, "passwords"), "w", encoding="utf-8") as f:
        f.write("\n".join(PASSWORDS) + "\n")
    return path, expected, scans.kinds
