"""Attachments: what can be used is used, what is lost is told, and check and dossier say the same. The files of attachments/ are small
PDFs and pictures on which readers of PDF differ."""
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import unicodedata
import unittest
import zlib

import pdfs
from blackbox_dossier import Folder
from dossiers import ROOT, applicant, batch, honour, shenbao

FILES = os.path.join(ROOT, "tests", "attachments")
NEAR = 12  # levels of 255: how far a colour may be from the one expected


def fields_of(applicant_report):
    """Whether its attachments can be used; that a page is blank is for check alone to say."""
    return sorted((f["severity"], f["message"]) for f in applicant_report["findings"]
                  if f.get("rule") == "R76" and "空白页；请核对" not in f["message"])


class Attachment(Folder):
    def bring(self, name, to=None):
        shutil.copy(os.path.join(FILES, name), os.path.join(self.dir, to or name))
        return to or name

    def judged(self, *names, status=0, pages=None):
        """R76 of dossier, which check must say in the same words; the volume, if any."""
        body = "".join(honour(f"H{i}", n, pages=pages) for i, n in enumerate(names))
        volume = self.bind(body, status=status, options=["--lang", "zh"])
        bound = fields_of(self.found["applicants"][0])
        done = shenbao("check", "--lang", "zh", "--rules", "R76", "--format", "json", os.path.join(self.dir, "batch.xml"))
        self.assertEqual(fields_of(json.loads(done.stdout)["applicants"][0]), bound)
        return bound, volume

    def pages_of(self, volume, row=0):
        """Indexes of the pages of a copy in the volume."""
        found = [r for r in self.ledger() if r["kind"] == "copy"][row]
        return range(found["physical"] - 1, found["physical"] - 1 + found["pages"])

    def warned(self, found, *words):
        self.assertEqual([s for s, _ in found], ["warning"] * len(words), found)
        for word in words:
            self.assertTrue(any(re.search(word, m) for _, m in found), (word, found))


class Shared(Attachment):
    """Files of a few kilobytes, that only make a reader walk without end."""

    def test_parts_that_are_shared_without_end_are_read_once(self):
        files = {"names.pdf": pdfs.kids_that_hold_themselves("Dests"), "files.pdf": pdfs.kids_that_hold_themselves("EmbeddedFiles"),
                 "pages.pdf": pdfs.kids_that_hold_themselves(""), "terms.pdf": pdfs.shared_terms(), "usage.pdf": pdfs.shared_usage(),
                 "forms.pdf": pdfs.shared_forms()}
        for name, data in files.items():
            self.put(name, data)
        found, _ = self.judged(*files)
        self.assertEqual([m for s, m in found if s == "error"], [])
        self.assertEqual([m for _, m in found if "Outside" in m],
                         ["PDF“forms.pdf”第 1-2 页的字体“Outside”没有嵌入，印店没有这种字体时会印成别的字体或乱码，请重新导出并嵌入字体"])

    def test_annotations_cost_no_more_than_they_show(self):
        files = {"list.pdf": pdfs.list_box(), "name.pdf": pdfs.long_name(), "squiggles.pdf": pdfs.squiggles(), "short.pdf": pdfs.short_names()}
        for name, data in files.items():
            self.put(name, data)
        found, _ = self.judged(*files)
        self.assertEqual([m for s, m in found if s == "error"], [])
        self.assertTrue(any("squiggles.pdf”第 1 页的批注（Squiggly）没有可画的外观" in m for _, m in found), found)
        self.assertTrue(any("name.pdf”第 1 页的签名域“" + "n" * 100 in m for _, m in found), found)

    def test_what_takes_renderers_long_is_checked_at_once(self):
        files = {"drawn.pdf": pdfs.often_drawn(), "resources.pdf": pdfs.shared_resources()}
        for name, data in files.items():
            self.put(name, data)
        path = self.put("batch.xml", batch(applicant("".join(honour(f"H{i}", n) for i, n in enumerate(files)))))
        done = shenbao("check", "--rules", "R76", "--format", "json", path)
        found = json.loads(done.stdout)["applicants"][0]["findings"]
        self.assertEqual([f["message"] for f in found if f["rule"] == "R76" and f["severity"] == "error"], [])

    def test_pages_that_share_their_content_are_bound_without_unpacking_it_for_each(self):
        self.put("shared.pdf", pdfs.shared_content())
        found, volume = self.judged("shared.pdf")
        self.assertEqual([m for s, m in found if s == "error"], [])
        self.assertEqual(len(self.pages_of(volume)), 110)

    def test_a_page_has_as_many_links_as_a_volume_can_hold(self):
        pdf = pdfs.Pdf()
        page = pdf.page(pdfs.words("x"))
        link = pdf.add(f"<</Type/Annot/Subtype/Link/Rect[9 9 20 20]/Border[0 0 0]/Dest[{page} 0 R/Fit]>>")
        pdf.objects[page - 1] = pdf.objects[page - 1].replace(b"/Contents", b"/Annots[" + b"%d 0 R " % link * 9000 + b"]/Contents")
        self.put("x.pdf", pdf.bytes())
        found, volume = self.judged("x.pdf")
        self.warned(found, "第 1 页的链接超过 8000 个")
        self.assertEqual(len(self.pages_of(volume)), 1)

    def test_bytes_that_only_seem_to_be_a_catalog_are_passed_over(self):
        for begin in (b"", b"1 0 obj\n"):
            self.put("x.pdf", b"%PDF-1.4\n" + begin + b"/Catalog " * 400000 + b"\n%%EOF\n")
            found, _ = self.judged("x.pdf", status=1)
            self.assertRegex(found[0][1], "已损坏")

    def test_numbers_of_objects_may_be_as_large_as_a_number_is(self):
        far = 2000000000
        parts = [(1, "<</Type/Catalog/Pages 2 0 R>>"), (2, "<</Type/Pages/Count 1/Kids[3 0 R]>>"),
                 (3, f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</X {far} 0 R>>>>>>"),
                 (far, "<</Subtype/Form/BBox[0 0 9 9]/Length 1>>stream\n \nendstream")]
        data, rows = b"%PDF-1.7\n", b"xref\n0 1\n0000000000 65535 f \n"
        for number, body in parts:
            rows += b"%d 1\n%010d 00000 n \n" % (number, len(data))
            data += f"{number} 0 obj\n{body}\nendobj\n".encode()
        self.put("x.pdf", data + rows + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (far + 1, len(data)))
        found, volume = self.judged("x.pdf")
        self.assertEqual(len(self.pages_of(volume)), 1)
        self.assertEqual([m for s, m in found if s == "error"], [])


class OneName(Attachment):
    """One name, however it is written."""

    def blank_pages(self, data):
        self.put("x.pdf", data)
        path = self.put("batch.xml", batch(applicant(honour("H", "x.pdf"))))
        done = shenbao("check", "--rules", "R76", path)
        return b"page 1: blank" in done.stdout + done.stderr

    def scan(self, name, extra="", sample=b"\0", key=None):
        pdf = pdfs.Pdf()
        picture = pdf.stream(sample * 10000, f"/Subtype/Image/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8{extra}")
        pdf.page(f"q 400 0 0 400 50 50 cm /{name} Do Q", resources=f"/XObject<</{key or name} {picture} 0 R>>")
        return pdf.bytes()

    def test_a_scan_is_found_by_a_name_with_escapes(self):
        for name, key in (("I#6d0", "Im0"), ("Im0", "I#6D0"), ("A#20B", "A#20B"), ("A#23", "A#23")):
            self.assertTrue(self.blank_pages(self.scan(name, sample=b"\xff", key=key)), name)
            self.assertFalse(self.blank_pages(self.scan(name, key=key)), name)

    def test_white_samples_that_become_black_are_not_blank(self):
        self.assertTrue(self.blank_pages(self.scan("I", "/Decode[0 1]", b"\xff")))
        self.assertFalse(self.blank_pages(self.scan("I", "/Decode[1 0]", b"\xff")))

    def test_letters_behind_what_was_recognised_in_a_scan_are_seen(self):
        for behind, blank in (("", True), ("BT /F1 12 Tf (seen) Tj ET", False)):
            pdf = pdfs.Pdf()
            pdf.page("q BT 3 Tr /F1 12 Tf (recognised) Tj ET Q " + behind)
            self.assertEqual(self.blank_pages(pdf.bytes()), blank)

    def test_what_lies_too_deep_to_be_looked_at_is_not_called_blank(self):
        pdf = pdfs.Pdf()
        form = pdf.stream("0 0 200 200 re f", "/Subtype/Form/BBox[0 0 595 842]")
        for _ in range(15):
            form = pdf.stream("/X Do", f"/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X {form} 0 R>>>>")
        pdf.page("/X Do", resources=f"/XObject<</X {form} 0 R>>")
        self.assertFalse(self.blank_pages(pdf.bytes()))

    def test_destinations_named_in_utf_16_are_told_apart(self):
        names = ["Aone", "Atwo", "Athree", "第1章"]
        pdf = pdfs.Pdf("1.7")
        pages = [pdf.page(pdfs.words(f"p{i}")) for i in range(len(names))]
        written = ["<feff" + n.encode("utf-16-be").hex() + ">" for n in names]
        links = [pdf.add(f"<</Type/Annot/Subtype/Link/Rect[{50 * i} 0 {50 * i + 40} 40]/Border[0 0 0]/Dest{n}>>") for i, n in enumerate(written)]
        pdf.set(pages[0], pdf.objects[pages[0] - 1][:-2] + f"/Annots[{' '.join(f'{n} 0 R' for n in links)}]>>".encode())
        tree = sorted(zip(written, pages))
        pdf.catalog_extra = "/Names<</Dests<</Names[" + "".join(f"{n}[{page} 0 R/Fit]" for n, page in tree) + "]>>>>"
        self.put("x.pdf", pdf.bytes())
        _, volume = self.judged("x.pdf")
        first = self.pages_of(volume)[0]
        self.assertEqual([target - first for _, target, _ in sorted(volume.links(first))], [0, 1, 2, 3])

    def test_layers_of_a_later_generation_keep_their_state(self):
        pdf = pdfs.Pdf("1.7")
        hidden, shown = pdf.add("<</Type/OCG/Name(hidden)>>"), pdf.add("<</Type/OCG/Name(shown)>>")
        pdf.page("/OC /H BDC " + pdfs.words("hidden", 72, 600) + " EMC /OC /S BDC " + pdfs.words("shown") + " EMC",
                 resources=f"/Properties<</H {hidden} 0 R/S {shown} 0 R>>")
        pdf.catalog_extra = f"/OCProperties<</OCGs[{hidden} 0 R {shown} 0 R]/D<</OFF[{hidden} 0 R]>>>>"
        data = pdf.bytes()
        at = data.index(b"%d 0 obj" % hidden)
        self.put("x.pdf", data.replace(b"%d 0 obj" % hidden, b"%d 3 obj" % hidden).replace(b"%d 0 R" % hidden, b"%d 3 R" % hidden)
                 .replace(b"%010d 00000 n" % at, b"%010d 00003 n" % at))
        _, volume = self.judged("x.pdf")
        read = subprocess.run(["mutool", "draw", "-F", "txt", "-o", "-", self.pdf, str(self.pages_of(volume)[0] + 1)],
                              capture_output=True, check=True).stdout
        self.assertIn(b"shown", read)
        self.assertNotIn(b"hidden", read)


class Refused(Attachment):
    def test_k4_14_what_readers_open_is_bound_with_a_warning(self):
        for name, word, pages in (("blank-page-bad-startxref.pdf", "已修复后使用", 2), ("stale-kids.pdf", "已修复后使用", 1),
                                  ("png-bad-crc-in-tEXt.png", "校验和不符", 1)):
            with self.subTest(name):
                found, volume = self.judged(self.bring(name))
                self.warned(found, word)
                self.assertEqual(len(self.pages_of(volume)), pages)

    def test_k4_14_what_is_nothing_is_told_in_our_words(self):
        self.put("empty.pdf", b"")
        found, _ = self.judged(self.bring("unknown.pdf"), "empty.pdf", status=1)
        self.assertEqual(found, [("error", "“empty.pdf”是空文件，请重新导出或扫描"),
                                 ("error", "“unknown.pdf”是纯文本，请导出为 PDF")])

    def test_no_words_of_a_library_in_chinese(self):
        bad = {"cut.pdf": b"%PDF-1.4\n1 0 obj<</Type/Cat", "locked.pdf": self.locked(), "certificate.pdf": self.certificate(),
               "content.pdf": self.bad_content(), "gif.pdf": b"GIF89a" + bytes(20), "word.pdf": b"PK\3\4" + b"[Content_Types].xml"}
        for name, data in bad.items():
            self.put(name, data)
        found, _ = self.judged(*bad, status=1)
        self.assertEqual(len(found), len(bad))
        for _, message in found:
            said = re.sub(r"“[^”]*”|--password-file|PDF|JPG|PNG|GIF|Office", "", message)
            self.assertNotRegex(said, "[A-Za-z]{2}", message)
        for name, word in (("locked", "有打开密码"), ("certificate", "用数字证书加密"), ("content", "第 1 页的内容已损坏"),
                           ("gif", "请导出为 JPG 或 PNG"), ("word", "请导出为 PDF")):
            self.assertTrue(any(f"“{name}.pdf”" in m and word in m for _, m in found), (name, found))

    def locked(self):
        plain, out = self.put("plain.pdf", pdfs.marked("l", 1)), os.path.join(self.dir, "x.pdf")
        subprocess.run(["qpdf", "--encrypt", "user", "owner", "256", "--", plain, out], check=True)
        with open(out, "rb") as f:
            return f.read()

    def certificate(self):
        pdf = pdfs.Pdf()
        pdf.page(pdfs.words("c"))
        pdf.trailer = "/Encrypt<</Filter/Adobe.PubSec/SubFilter/adbe.pkcs7.s5/V 4>>/ID[(1)(2)]"
        return pdf.bytes()

    def bad_content(self):
        pdf = pdfs.Pdf()
        page = pdf.page(pdfs.words("b"))
        pdf.set(page - 1, pdf.objects[page - 2].replace(b"stream\nx", b"stream\n?"))
        return pdf.bytes()

    def test_only_the_pages_that_are_cited_count(self):
        pdf = pdfs.Pdf()
        for i in range(3):
            pdf.page(pdfs.words(f"ap{i + 1}"))
        pdf.set(pdf.kids[2] - 1, pdf.objects[pdf.kids[2] - 2].replace(b"stream\nx", b"stream\n?"))
        self.put("a.pdf", pdf.bytes())
        found, _ = self.judged("a.pdf", pages="1-2")
        self.assertEqual(found, [])
        found, _ = self.judged("a.pdf", pages="2-3", status=1)
        self.assertRegex(found[0][1], "第 3 页的内容已损坏")
        found, _ = self.judged("a.pdf", pages="2-9", status=1)
        self.assertEqual(found, [("error", "“a.pdf”只有 3 页，却引用了第 2-9 页，请核对页码")])

    def test_content_that_breaks_off_damaged_is_bound_as_far_as_readers_show_it(self):
        """One stream of two pages, one among several, and one that is cut short."""
        text = "BT /F1 12 Tf 50 700 Td (first) Tj ET\n" + "".join(f"{i * 37 % 101} {i * 53 % 97} m {i} {i * i % 89} l S\n" for i in range(2000))
        packer = zlib.compressobj()
        packed = packer.compress(text.encode()) + packer.flush(zlib.Z_SYNC_FLUSH)
        pdf = pdfs.Pdf()
        damaged = pdf.stream(packed + b"\xff" * 40, "/Filter/FlateDecode", packed=False)  # a block of no kind
        cut = pdf.stream(packed[:len(packed) * 3 // 4], "/Filter/FlateDecode", packed=False)
        whole = pdf.stream(b"BT /F1 12 Tf 50 500 Td (behind) Tj ET")
        for content in (f"{damaged} 0 R", f"{damaged} 0 R", f"[{whole} 0 R {damaged} 0 R]", f"{cut} 0 R"):
            pdf.page("", contents=content)
        pdf.page(pdfs.words("fine"))
        self.put("a.pdf", pdf.bytes())
        found, report = self.judged("a.pdf")
        self.assertEqual(len(found), 1, found)
        self.assertEqual(found[0][0], "warning")
        self.assertRegex(found[0][1], "第 1-4 页的内容中途损坏，已像阅读器那样装订读得出的部分")
        text = subprocess.run(["pdftotext", self.pdf, "-"], capture_output=True, text=True, check=True).stdout
        self.assertEqual((text.count("first"), text.count("behind"), text.count("fine")), (4, 1, 1))

    def test_damaged_pictures_and_forms_are_told_of_the_pages_that_draw_them(self):
        """All pages share their resources."""
        grey = bytes(range(256)) * 16
        rows = b"".join(b"\2" + grey[64 * i:64 * i + 64] for i in range(64))
        jpeg = pdfs.block_jpeg(20, 20, lambda x, y: ((x * 37 + y * 91) % 256, 128, 128))
        noise = zlib.compress(hashlib.sha512(b"").digest() * 64)
        empty, packed, sums = zlib.compress(b""), zlib.compress(grey), zlib.compress(grey)[:-4]

        def lines(part):
            data = "".join(f"{i} {i * i % 89} l S\n" for i in range(2000)).encode()
            packer = zlib.compressobj()
            return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:part]

        size = "/Type/XObject/Subtype/Image/Width 64/Height 64/BitsPerComponent 8/ColorSpace/DeviceGray"
        photo = "/Type/XObject/Subtype/Image/Width 160/Height 160/BitsPerComponent 8/ColorSpace/DeviceRGB"
        flate, form = "/Filter/FlateDecode", "/Type/XObject/Subtype/Form/BBox[0 0 600 600]"
        predicted = "/DecodeParms<</Predictor 15/Columns 64>>"
        pdf = pdfs.Pdf()

        def add(data, extra):
            return pdf.stream(data, extra, packed=False)

        good = [add(packed, size + flate), add(grey, size), add(sums, size + flate), add(zlib.compress(rows), size + flate + predicted), add(jpeg, photo + "/Filter/DCTDecode"),
                add(b"\n" + jpeg[:-2], photo + "/Filter/DCTDecode"), add(zlib.compress(jpeg), photo + "/Filter[/FlateDecode/DCTDecode]"),
                add(zlib.compress(lines(None)), form + flate), add(noise, "/Type/XObject/Subtype/Image/Width 64/Height 512/ImageMask true" + flate), add(b"", form + flate)]
        half = add(packed[:len(packed) // 2], size + flate)
        bad = [half, add(packed[:-1] + b"\0", size + flate), add(grey[:2000], size), add(empty, size + flate), add(zlib.compress(rows[:3000]), size + flate + predicted), add(jpeg[:len(jpeg) // 2], photo + "/Filter/DCTDecode"),
               add(zlib.compress(jpeg[:len(jpeg) // 2]), photo + "/Filter[/FlateDecode/DCTDecode]"), add(b"", photo + "/Filter/JPXDecode"),
               add(grey, size + f"/SMask {half} 0 R"), add(lines(-400), form + flate), add(b"/B0 Do", form + f"/Resources<</XObject<</B0 {half} 0 R>>>>"), 999]
        resources = "/XObject<<" + "".join(f"/G{i} {n} 0 R" for i, n in enumerate(good)) + "".join(f"/B{i} {n} 0 R" for i, n in enumerate(bad)) + ">>"
        for name in [f"G{i}" for i in range(len(good))] + [f"B{i}" for i in range(len(bad))]:
            pdf.page(pdfs.words(name) + f"q 200 0 0 200 72 400 cm /{name} Do Q", resources=resources)
        stamp = f"/Annots[<</Type/Annot/Subtype/Stamp/F 4/Rect[50 50 90 90]/AP<</N {bad[10]} 0 R>>>>]"
        pdf.page(pdfs.words("stamp"), extra=stamp)
        self.put("a.pdf", pdf.bytes())
        found, _ = self.judged("a.pdf", pages=f"1-{len(good)}")
        self.assertEqual(found, [])
        found, _ = self.judged("a.pdf")
        self.assertEqual(len(found), 1, found)
        self.assertEqual(found[0][0], "warning")
        self.assertIn(f"第 {len(good) + 1}-{len(good) + len(bad) + 1} 页引用的字体或图形有损坏", found[0][1])

    def test_a_picture_of_a_wrong_length_is_no_content_that_breaks_off(self):
        pdf = pdfs.Pdf()
        grey = pdf.stream(b"~" * 4096, "/Type/XObject/Subtype/Image/Width 64/Height 64/BitsPerComponent 8/ColorSpace/DeviceGray", packed=False)
        pdf.page(pdfs.words("grey") + "/I Do", resources=f"/XObject<</I {grey} 0 R>>")
        pdf.page(pdfs.words("none"))
        self.put("a.pdf", pdf.bytes().replace(b"/Length 4096", b"/Length 4090"))
        found, _ = self.judged("a.pdf")
        self.assertEqual([m for _, m in found], ["PDF“a.pdf”第 1 页引用的字体或图形有损坏，装订后可能缺字或缺图，请核对，最好重新导出"])

    def test_a_picture_that_is_not_in_the_file_is_told_of_the_pages_that_draw_it(self):
        pdf = pdfs.Pdf()
        for content in ("", "/I\nDo", "(/I Do) Tj", "/J Do"):
            pdf.page(pdfs.words("absent") + content, resources="/XObject<</I 999 0 R>>")
        self.put("a.pdf", pdf.bytes())
        found, _ = self.judged("a.pdf")
        self.assertEqual([m for _, m in found], ["PDF“a.pdf”第 2 页引用的字体或图形有损坏，装订后可能缺字或缺图，请核对，最好重新导出"])

    def test_a_file_that_has_lost_its_trailer_is_completed(self):
        data = pdfs.marked("t", 3)
        self.put("t.pdf", data[:data.index(b"xref\n0")])
        found, volume = self.judged("t.pdf")
        self.warned(found, "已修复后使用")
        self.check_volume(volume, {"t.pdf": "t"})

    def test_a_spoilt_header_or_trailer_is_mended(self):
        data = pdfs.marked("s", 2)
        for old, new in ((b"%PDF-1.4", b"%PDF1.4"), (b"%PDF-1.4", b"% 1.4"), (b"/Root 1 0 R", b""), (b"/Root 1 0 R", b"/Root 9 0 R"),
                         (b"/Root 1 0 R", b"/Root /Name"), (data[:data.index(b"1 0 obj")], b"")):
            with self.subTest(new):
                self.put("s.pdf", data.replace(old, new))
                found, volume = self.judged("s.pdf")
                self.warned(found, "已修复后使用")
                self.check_volume(volume, {"s.pdf": "s"})

    def test_a_wrong_count_of_pages_is_told_and_a_lost_page_refused(self):
        """Readers show all that the tree leads to. A kid that is not there was a page."""
        pdf = pdfs.Pdf()
        for i in range(2):
            pdf.page(pdfs.words(f"wp{i + 1}"))
        self.put("w.pdf", pdf.bytes(count=5))
        found, volume = self.judged("w.pdf")
        self.warned(found, "写明有 5 页，只有 2 页，已全部装订")
        self.check_volume(volume, {"w.pdf": "w"})
        pdf.kids.append(999)
        self.put("w.pdf", pdf.bytes())
        found, _ = self.judged("w.pdf", status=1)
        self.assertEqual(found[0][0], "error")
        self.assertIn("第 3 页（共 3 页）缺失", found[0][1])


class Pages(Attachment):
    def boxed(self, box, inherited=""):
        pdf = pdfs.Pdf()
        pdf.pages_extra = inherited
        pdf.page(pdfs.words("here", 72, 740), box=None, extra=box)
        return pdf.bytes()

    def test_page_sizes_are_read_as_readers_read_them(self):
        """(entry, what is said, the size of the page)."""
        cases = [("/MediaBox[0 0 595 842 0 0 100 100]", "按前四个装订", (595, 842)), ("/MediaBox[595 842 0]", "没有可用的页面尺寸", (612, 792)),
                 ("/MediaBox[/a /b /c /d]", "没有可用的页面尺寸", (612, 792)), ("", "没有可用的页面尺寸", (612, 792)),
                 ("/MediaBox[0 0 0 0]", "没有可用的页面尺寸", (612, 792)), ("/MediaBox[595 842 0 0]", None, (595, 842)),
                 ("/MediaBox 3 0 R", None, None)]
        for entry, word, size in cases:
            with self.subTest(entry):
                self.put("a.pdf", self.boxed(entry) if size else self.boxed("", "/MediaBox[0 0 595 842]"))
                found, volume = self.judged("a.pdf")
                self.warned(found, *([word] if word else []))
                page = self.pages_of(volume)[0]
                self.assertIn("here", volume.text(page))
                form = volume.get(volume.get(volume.get(volume.get(volume.json["pages"][page]["object"])["/Resources"])["/XObject"])["/A0"])
                self.assertEqual(tuple(form["dict"]["/BBox"][2:]), size or (595, 842))

    def test_a_turn_by_no_right_angle_is_told(self):
        for turn, odd, size in ((45, True, (595, 842)), ("90.5", True, (595, 842)), ("/R", True, (595, 842)), ("90.0", False, (842, 595)),
                                (-90, False, (842, 595)), (450, False, (842, 595)), ("null", False, (595, 842))):
            with self.subTest(turn):
                self.put("a.pdf", self.boxed(f"/MediaBox[0 0 595 842]/Rotate {turn}"))
                found, volume = self.judged("a.pdf")
                self.warned(found, *(["第 1 页写明的旋转角度不是 90 的倍数"] if odd else []))
                word = [w for w in volume.pages[self.pages_of(volume)[0]]["words"] if w[4] == "here"][0]
                self.assertEqual(word[2] - word[0] > word[3] - word[1], size == (595, 842))

    def test_a_crop_box_beside_the_page_is_told(self):
        self.put("a.pdf", self.boxed("/MediaBox[0 0 595 842]/CropBox[700 900 800 1000]"))
        found, volume = self.judged("a.pdf")
        self.warned(found, "第 1 页的裁切框在页面之外")
        self.assertIn("here", volume.text(self.pages_of(volume)[0]))

    def test_a_crop_box_on_which_readers_differ_is_told(self):
        """Wherever the page's origin is."""
        for crop, word in (("100 300 400 700 5", "第 1 页的裁切框不是四个数，已装订整页"), ("100 300 400", "第 1 页的裁切框不是四个数，已装订整页"),
                           ("-100 300 400 2000", "第 1 页的裁切框比页面大又只盖住一部分"), ("-100 300 400 700", None), ("-100 -100 700 900", None), ("null", None)):
            for origin in (0, 200):
                with self.subTest(crop, origin=origin):
                    box = "null" if crop == "null" else f"[{' '.join(str(int(n) + origin) for n in crop.split())}]"
                    self.put("a.pdf", self.boxed(f"/MediaBox[{origin} {origin} {origin + 595} {origin + 842}]/CropBox {box}"))
                    found, _ = self.judged("a.pdf")
                    self.warned(found, *([word] if word else []))

    def test_what_is_damaged_and_found_late_is_told(self):
        """A font that cannot be read: the page is there, its letters are not."""
        pdf = pdfs.Pdf()
        pdf.page(pdfs.words("whole"))
        broken = pdf.add("<</Type/Font/Subtype/Type0 gar bage to read ( here>>")
        page = pdf.page("BT /F2 9 Tf (lost) Tj ET")
        pdf.set(page, pdf.objects[page - 1].replace(f"/F1 {pdf.font} 0 R".encode(), f"/F2 {broken} 0 R".encode()))
        self.put("a.pdf", pdf.bytes())
        found, _ = self.judged("a.pdf")
        self.warned(found, "第 2 页引用的字体或图形有损坏")

    def test_resources_that_lead_into_the_page_tree_end_no_process(self):
        pdf = pdfs.Pdf()
        for resources in ("{pages} 0 R", "<</Font {pages} 0 R>>", "<</XObject<</X {pages} 0 R/Y 4 0 R>>>>", "{catalog} 0 R",
                          "<</ExtGState<</G {catalog} 0 R>>/Properties<</P {pages} 0 R>>>>", "5 0 R"):
            with self.subTest(resources):
                pdf = pdfs.Pdf()
                content = pdf.stream("0 0 9 9 re f")  # object 4, the page 5
                self.assertEqual(pdf.page("", contents=f"{content} 0 R"), 5)
                text = pdf.objects[4].decode()
                start = text.index("/Resources")
                pdf.set(5, text[:start] + "/Resources " + resources.format(pages=pdf.pages, catalog=pdf.catalog)
                        + text[text.index("/Contents"):])
                self.put("a.pdf", pdf.bytes())
                _, volume = self.judged("a.pdf")
                self.assertEqual(len(self.pages_of(volume)), 1)

    def test_resources_that_are_the_page_or_the_tree_keep_their_fonts(self):
        for tree in (False, True):
            with self.subTest(tree):
                pdf = pdfs.Pdf()
                font = f"/Font<</F1 {pdf.font} 0 R>>"
                page = pdf.page(pdfs.words("here"), extra="" if tree else font)
                text = pdf.objects[page - 1].decode()
                resources = f"/Resources {pdf.pages if tree else page} 0 R"
                pdf.set(page, text[:text.index("/Resources")] + resources + text[text.index("/Contents"):])
                pdf.pages_extra = font if tree else ""
                self.put("a.pdf", pdf.bytes())
                _, volume = self.judged("a.pdf")
                self.assertIn("here", volume.text(self.pages_of(volume)[0]))

    def test_pages_that_cannot_be_read_on_a_sheet_are_told(self):
        pdf = pdfs.Pdf()
        for side in (600, 1100, 1700, 2400, 15000):
            pdf.page(pdfs.words("x"), box=(0, 0, side, side))
        self.put("a.pdf", pdf.bytes())
        found, _ = self.judged("a.pdf")
        self.warned(found, "第 3-4 页比 A2 还大", "第 5 页的边长超过 5 米")

    RED, BLUE = "1 0 0 rg 50 50 200 200 re f", "0 0 1 rg 300 500 200 200 re f"

    def same_as_original(self, data, pages):
        """What is coloured on the pages has the original's share of the page."""
        self.put("a.pdf", data)
        found, volume = self.judged("a.pdf")
        self.assertEqual(found, [])
        for i, page in enumerate(self.pages_of(volume)):
            for renderer in ("pdftoppm", "mutool"):
                for colour in ((255, 0, 0), (0, 0, 255)):
                    one, other = (pdfs.render(f, n, renderer, 50, colours=True).where(colour)
                                  for f, n in ((os.path.join(self.dir, "a.pdf"), i + 1), (self.pdf, page + 1)))
                    sides = [box and ((box[2] - box[0]) / (box[3] - box[1])) for box in (one, other)]
                    self.assertEqual(bool(one), bool(other), (i, renderer, colour))
                    self.assertTrue(not one or abs(sides[0] - sides[1]) < 0.1, (i, renderer, sides))
        self.assertEqual(len(self.pages_of(volume)), pages)
        return volume

    def test_content_that_is_a_form_or_an_appearance_too_is_both(self):
        extra = "/Type/XObject/Subtype/Form/BBox[0 0 100 300]/Matrix[2 0 0 1 0 0]"
        pdf = pdfs.Pdf("1.7")
        shared = pdf.stream(self.RED, extra)
        pdf.page("/X Do", resources=f"/XObject<</X {shared} 0 R>>")
        pdf.page("", contents=f"{shared} 0 R")
        pdf.page(self.BLUE, contents=f"[{shared} 0 R]",
                 extra=f"/Annots[<</Subtype/Stamp/F 4/Rect[300 400 500 450]/AP<</N {shared} 0 R>>>>]")
        self.same_as_original(pdf.bytes(), 3)

    def test_what_the_dictionary_of_content_says_is_not_said_of_a_form(self):
        pdf = pdfs.Pdf("1.7")
        layer = pdf.add("<</Type/OCG/Name(a)>>")
        content = pdf.stream(self.RED, f"/OC {layer} 0 R/Ref<</F(x.pdf)/Page 0>>")
        pdf.page("", contents=f"{content} 0 R")
        pdf.catalog_extra = f"/OCProperties<</OCGs[{layer} 0 R]/D<</OFF[{layer} 0 R]>>>>"
        self.same_as_original(pdf.bytes(), 1)

    def test_streams_packed_by_the_names_of_inline_pictures_are_read(self):
        def image(pdf, extra, data):
            number = pdf.stream(data, "/Type/XObject/Subtype/Image" + extra, packed=False)
            pdf.page("q 300 0 0 200 100 400 cm /I Do Q", resources=f"/XObject<</I {number} 0 R>>")
        pdf, red, blue = pdfs.Pdf(), bytes([255, 0, 0]), bytes([0, 0, 255])
        pixels = zlib.compress(red * 100 + blue * 100)
        image(pdf, "/Width 20/Height 10/ColorSpace/DeviceRGB/BitsPerComponent 8/F/Fl", pixels)
        image(pdf, "/W 20/H 10/CS/DeviceRGB/BPC 8 /F [ /Fl ]", pixels)
        image(pdf, "/W 20/H 10/CS/DeviceRGB/BPC 8/Filter/Fl", pixels)
        rows = b"\2" + red * 20 + (b"\2" + bytes(60)) * 9
        image(pdf, "/W 20/H 10/CS/DeviceRGB/BPC 8/F/FlateDecode/DP<</Predictor 15/Colors 3/Columns 20>>", zlib.compress(rows))
        image(pdf, "/W 20/H 1/CS[/Indexed/DeviceRGB 1<ff00000000ff>]/BPC 1/F[/AHx]/D[1 0]", b"fffc00>")
        content = zlib.compress(self.RED.encode())
        pdf.page("", contents=f"{pdf.stream(content, '/F/Fl', packed=False)} 0 R")
        form = pdf.stream(content, "/Type/XObject/Subtype/Form/BBox[0 0 595 842]/F[/Fl]", packed=False)
        pdf.page("/X Do", resources=f"/XObject<</X {form} 0 R>>")
        pdf.page("q 300 0 0 200 100 400 cm BI /W 2/H 1/BPC 8/CS/RGB/F/AHx ID ff00000000ff> EI Q", contents=None)
        volume = self.same_as_original(pdf.bytes(), 8)
        packed = [o["stream"]["dict"] for o in volume.objects.values() if "stream" in o]  # which not every reader opens by short names
        self.assertEqual([d for d in packed if d.keys() & {"/F", "/DP", "/D"}], [])
        self.assertEqual(sum("/Predictor" in str(d.get("/DecodeParms")) for d in packed if d.get("/Width") == 20), 1)

    def test_more_or_fewer_parameters_than_filters_lose_no_content(self):
        pdf, content = pdfs.Pdf(), zlib.compress(self.RED.encode())
        for filters, data in (("/Filter[/FlateDecode]/DecodeParms[null null]", content), ("/Filter/FlateDecode/DecodeParms[null]", content),
                              ("/Filter[/ASCIIHexDecode/FlateDecode]/DecodeParms[null]", content.hex().encode() + b">")):
            number = pdf.stream(data, filters, packed=False)
            pdf.page("", contents=f"{number} 0 R")
            pdf.page("", contents=f"[{number} 0 R {pdf.stream(self.BLUE)} 0 R]")
        self.same_as_original(pdf.bytes(), 6)

    def test_content_that_is_not_in_the_file_is_told(self):
        pdf = pdfs.Pdf()
        pdf.page("", contents="99 0 R")
        pdf.page(pdfs.words("whole"))
        self.put("a.pdf", pdf.bytes())
        found, volume = self.judged("a.pdf")
        self.warned(found, "第 1 页的内容不在文件里")
        self.assertIn("whole", volume.text(self.pages_of(volume)[1]))

    def test_content_of_which_a_part_is_none_is_bound(self):
        for stray in ("null", "/Name", "99 0 R", "<<>>"):
            with self.subTest(stray):
                pdf = pdfs.Pdf()
                one, two = pdf.stream(pdfs.words("one")), pdf.stream(pdfs.words("two", 72, 500))
                pdf.page("", contents=f"[{one} 0 R {stray} {two} 0 R]")
                self.put("a.pdf", pdf.bytes())
                found, volume = self.judged("a.pdf")
                self.warned(found, "第 1 页的内容不在文件里")
                text = volume.text(self.pages_of(volume)[0])
                self.assertTrue("one" in text and "two" in text, text)

    def test_k5_10_the_page_box_shows_the_stamped_number(self):
        self.put("labels2.pdf", pdfs.marked("m", 3))
        found, volume = self.judged(self.bring("labels.pdf"), "labels2.pdf")
        self.assertEqual(found, [])
        labels = json.loads(subprocess.run(["qpdf", "--json=2", "--json-key=pagelabels", self.pdf], capture_output=True,
                                           check=True).stdout)["pagelabels"]
        for page in range(volume.count()):
            label = [x for x in labels if x["index"] <= page][-1]
            stamp = volume.stamp(page)
            shown = label["label"]["/St"] + page - label["index"]
            self.assertEqual((label["label"]["/S"], shown) if stamp else label["label"]["/S"], ("/D", stamp) if stamp else "/r", page)


class Inside(Attachment):
    def test_k4_12_fonts_that_are_not_embedded_are_told(self):
        found, _ = self.judged(self.bring("noembed.pdf"))
        self.warned(found, "第 1 页的字体“STSong-Light”没有嵌入")

    def test_letters_that_are_not_seen_need_no_font(self):
        pdf = pdfs.Pdf()
        song = pdf.add("<</Type/Font/Subtype/TrueType/BaseFont/SimSun/FirstChar 32/LastChar 32/Widths[500]>>")
        composite = "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun>>]>>"
        odd = "<</Type/Font/Subtype/TrueType/BaseFont/SimSun/Encoding<</Differences[32/A]>>>>"
        kept = f"/Font<</F1 {pdf.font} 0 R/S {song} 0 R/C {composite}/E {odd}>>"
        form = pdf.stream("BT /S 9 Tf (in a form) Tj ET", f"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<<{kept}>>")
        contents = ["BT 3 Tr /S 9 Tf (over a scan) Tj ET", "q BT /S 9 Tf ET Q BT /F1 9 Tf (another \\) font) Tj ET",
                    "BI /W 1 /H 1 ID (Tj EI Q BT /F1 9 Tf (x) Tj ET", "BT /S 9 Tf [(seen)] TJ ET", "/X Do", "BT /F1 9 Tf (x) Tj /S 9 Tf (y) Tj ET",
                    "BT /S 9 Tf () Tj ( ) Tj [( )-9( )] TJ <20> ' ET", "BT /C 9 Tf <> Tj ET", "BT /C 9 Tf <2020> Tj ET", "BT /E 9 Tf ( ) Tj ET", "/M gs"]
        def add_page(content, resources):
            pdf.kids.append(pdf.add(f"<</Type/Page/Parent {pdf.pages} 0 R/MediaBox[0 0 99 99]/Contents {pdf.stream(content)} 0 R/Resources<<{resources}>>>>"))

        for content in contents:
            drawn = f"/XObject<</X {form} 0 R>>" if content == "/X Do" else f"/ExtGState<</M<</SMask<</S/Alpha/G {form} 0 R>>>>>>" if content == "/M gs" else ""
            add_page(content, kept + drawn)
        for looks in ("{} 0 R", "<</On {} 0 R>>"):
            pdf.page("", extra=f"/Annots[<</Subtype/Stamp/F 4/Rect[9 9 99 99]/AS/On/AP<</N {looks.format(form)}>>>>]")
        glyph = pdf.stream("999 0 d0 BT /S 9 Tf (in a glyph) Tj ET")
        drawn = f"/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/FirstChar 97/LastChar 97/Widths[9]/Encoding<</Differences[97/a]>>/CharProcs<</a {glyph} 0 R>>"
        add_page("BT /T 9 Tf (a) Tj ET", f"/Font<</T<<{drawn}/Resources<<{kept}>>>>>>")
        add_page("BT /T 9 Tf (a) Tj ET", f"/Font<</T<<{drawn}>>/S {song} 0 R>>")
        add_page("BT /M gs (by a graphics state) Tj ET", f"/ExtGState<</M<</Font[{song} 0 R 9]>>>>")
        self.put("a.pdf", pdf.bytes())
        found, _ = self.judged("a.pdf")
        self.warned(found, "第 4-6,9-16 页的字体“SimSun”没有嵌入")

    def test_thousands_of_glyphs_that_are_content_are_each_read_once(self):
        pdf = pdfs.Pdf()
        fonts = f"/S {pdf.add('<</Type/Font/Subtype/TrueType/BaseFont/SimSun>>')} 0 R"
        for i in range(20):
            glyphs = "".join(f"/g{k} {pdf.stream('999 0 d0 BT /S 9 Tf (x) Tj ET')} 0 R" for k in range(255))
            fonts += f"/T{i} " + str(pdf.add(f"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/FirstChar 97/LastChar 97/Widths[9]"
                                             f"/Encoding<</Differences[97/g0]>>/CharProcs<<{glyphs}>>>>")) + " 0 R"
        pdf.kids.append(pdf.add(f"<</Type/Page/Parent {pdf.pages} 0 R/MediaBox[0 0 99 99]/Contents {pdf.stream('BT /T0 9 Tf (a) Tj ET')} 0 R/Resources<</Font<<{fonts}>>>>>>"))
        self.put("a.pdf", pdf.bytes())
        self.warned(self.judged("a.pdf")[0], "第 1 页的字体“SimSun”没有嵌入")

    def attached(self, catalog, pinned=False):
        pdf = pdfs.Pdf()
        data = pdf.stream("<data/>", "/Type/EmbeddedFile")
        files = [pdf.add(f"<</Type/Filespec/F({n})/UF({n})/EF<</F {data} 0 R>>>>") for n in ("b.xml", "a.docx")]
        pin = f"/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[9 9 29 29]/FS {files[0]} 0 R>>]" if pinned else ""
        pdf.page(pdfs.words("cover"), extra=pin)
        names = " ".join(f"({i}){f} 0 R" for i, f in enumerate(files))
        pdf.catalog_extra = catalog.replace("NAMES", f"/Names<</EmbeddedFiles<</Names[{names}]>>>>")
        return pdf.bytes()

    def test_a_file_that_the_document_says_belongs_to_it_is_named(self):
        pdf = pdfs.Pdf("1.7")
        inner = pdf.stream("abc", "/Type/EmbeddedFile")
        pdf.page(pdfs.words("cover"))
        pdf.catalog_extra = f"/Collection<</View/H>>/AF[<</Type/Filespec/F(real.pdf)/EF<</F {inner} 0 R>>>><</EF<</F {inner} 0 R>>>>]"
        self.put("a.pdf", pdf.bytes())
        self.warned(self.judged("a.pdf")[0], r"文件包.* 2 个文件没有装订：\?、real.pdf")
        pdf.catalog_extra = "/Collection<</View/H>>"
        self.put("a.pdf", pdf.bytes())
        self.warned(self.judged("a.pdf")[0])

    def test_annotations_beyond_the_limit_are_told(self):
        for before, told in ((19999, ()), (20000, ("第 1 页的批注超过 20000 个",))):
            pdf = pdfs.Pdf()
            pdf.page(pdfs.words("full"), extra=f"/Annots[{'null ' * before}<</Subtype/Square/F 4/Rect[9 9 99 99]>>]")
            self.put("a.pdf", pdf.bytes())
            self.warned(self.judged("a.pdf")[0], *told)

    def test_files_inside_files_are_named(self):
        for catalog, pinned, word in (("NAMES/Collection<</View/D>>", False, "文件包.*封面页.* 2 个文件没有装订：a.docx、b.xml"),
                                      ("NAMES", False, "另存有 2 个文件，装订后没有它们：a.docx、b.xml"),
                                      ("", True, "第 1 页上钉有 1 个文件，装订后没有它们：b.xml")):
            with self.subTest(word):
                self.put("a.pdf", self.attached(catalog, pinned))
                found, _ = self.judged("a.pdf")
                self.assertTrue(any(s == "warning" and re.search(word, m) for s, m in found), found)


class Pictures(Attachment):
    def colour_of(self, name):
        """Of the middle of its page."""
        _, volume = self.judged(name)
        image = pdfs.render(self.pdf, self.pages_of(volume)[0] + 1, "pdftoppm", 30, colours=True)
        x0, y0, x1, y1 = 0.2 * image.width, 0.2 * image.height, 0.8 * image.width, 0.7 * image.height
        return image.at((x0 + x1) / 2, (y0 + y1) / 2)

    def test_k3_08_colours_are_those_of_the_picture_alone(self):
        for name in ("wide.jpg", "wide.png"):
            with self.subTest(name):
                for seen, wanted in zip(self.colour_of(self.bring(name)), (0, 201, 37)):
                    self.assertLessEqual(abs(seen - wanted), NEAR)

    def test_a_profile_of_another_number_of_colours_is_passed_over(self):
        """A profile for red, green and blue in a picture of four inks: as if it were not there."""
        with open(os.path.join(FILES, "wide.jpg"), "rb") as f:
            wide = f.read()
        at = wide.index(b"\xff\xe2")
        profile = wide[at:at + 2 + int.from_bytes(wide[at + 2:at + 4], "big")]
        inks = pdfs.block_jpeg(4, 4, lambda x, y: (40, 200, 120, 10), 4, adobe=0)
        self.put("plain.jpg", inks)
        self.put("wrong.jpg", inks[:2] + profile + inks[2:])
        self.assertEqual(self.colour_of("plain.jpg"), self.colour_of("wrong.jpg"))

    def test_one_profile_of_many_pictures_is_stored_once(self):
        names = []
        for i in range(3):
            names.append(self.bring("wide.jpg", f"{i}.jpg"))
            with open(os.path.join(self.dir, names[-1]), "ab") as f:
                f.write(b"picture %d" % i)
        _, volume = self.judged(*names)
        spaces = [o["stream"]["dict"]["/ColorSpace"] for o in volume.objects.values()
                  if "stream" in o and o["stream"]["dict"].get("/Subtype") == "/Image"]
        self.assertEqual(len({s[1] for s in map(volume.get, spaces)}), 1)

    def test_gamma_and_chromaticities_reach_the_page(self):
        plain = pdfs.png(8, 8, lambda x, y: (128, 128, 128))
        linear = plain[:33] + pdfs.chunk(b"gAMA", (100000).to_bytes(4, "big")) + plain[33:]
        self.put("plain.png", plain)
        self.put("linear.png", linear)
        self.assertTrue(all(abs(v - 128) < 4 for v in self.colour_of("plain.png")))
        self.assertTrue(all(abs(v - 188) < 8 for v in self.colour_of("linear.png")))  # half of the light in sRGB

    def test_large_pictures_are_bound_byte_for_byte_as_often_as_they_are_cited(self):
        files = {}
        for name, path in (("wide.jpg", "scans/A001/H1.jpg"), ("high.jpg", "scans/A001/Q1.jpg")):
            data = pdfs.jpeg(path=path)
            files[name] = data[:2] + b"".join(b"\xff\xfe\xff\xff" + bytes([65 + i]) * 65533 for i in range(4)) + data[2:]
            self.put(name, files[name])
        names = ["wide.jpg", "high.jpg", "wide.jpg", "high.jpg"]
        _, volume = self.judged(*names)
        subprocess.run(["pdfimages", "-all", self.pdf, os.path.join(self.dir, "got")], check=True)
        got = []
        for name in sorted(n for n in os.listdir(self.dir) if n.startswith("got")):
            with open(os.path.join(self.dir, name), "rb") as f:
                got.append(f.read())
        self.assertEqual([g for g in got if len(g) > 200000], [files[n] for n in names])

    def test_damaged_and_odd_pictures_are_used_with_a_warning(self):
        sound = pdfs.jpeg()
        scan = sound.index(b"\xff\xda")
        cut = sound[:scan + (len(sound) - scan) // 2] + b"\xff\xd9"
        self.put("cut.jpg", cut)
        self.put("stray.jpg", sound[:scan] + b"stray" + sound[scan:])
        self.put("nine.jpg", pdfs.jpeg(9))
        self.put("endless.jpg", sound[:-2])
        self.put("inks.jpg", pdfs.block_jpeg(4, 4, lambda x, y: (40, 200, 120, 10), 4))
        found, volume = self.judged("cut.jpg", "stray.jpg", "nine.jpg", "endless.jpg", "inks.jpg")
        self.warned(found, "“cut.jpg”的图像数据有损坏", "“stray.jpg”的数据段之间夹有多余的字节", "“nine.jpg”的 EXIF 方向为 9",
                    "“endless.jpg”缺少结尾标记", "“inks.jpg”是 CMYK 图片，没有写明")
        self.assertEqual(len([r for r in self.ledger() if r["kind"] == "copy"]), 5)

    def test_a_jpeg_that_decoders_refuse_is_not_bound_in_silence(self):
        sound = pdfs.block_jpeg(4, 4, lambda x, y: pdfs.ycbcr(40, 200, 120))
        self.put("twice.jpg", sound[:-2] + sound[sound.index(b"\xff\xda"):])
        found, _ = self.judged("twice.jpg")
        self.warned(found, "“twice.jpg”的图像数据有损坏")
        height = sound.index(b"\xff\xc0") + 5
        for side in (65500, 65501):
            self.put("tall.jpg", sound[:height] + struct.pack(">H", side) + sound[height + 2:])
            found, _ = self.judged("tall.jpg", status=int(side > 65500))
            self.assertEqual("每边 65500" in found[0][1], side > 65500, found)

    def test_a_picture_without_its_last_chunk_is_used(self):
        sound = pdfs.png(40, 40, lambda x, y: (255, 0, 0))
        for cut in (1, 5, 12):
            self.put(f"{cut}.png", sound[:-cut])
        found, volume = self.judged("1.png", "5.png", "12.png")
        self.warned(found, "“1.png”缺少结尾标记", "“5.png”缺少结尾标记", "“12.png”缺少结尾标记")
        for i in range(3):
            image = pdfs.render(self.pdf, self.pages_of(volume, i)[0] + 1, "mutool", 50, colours=True)
            self.assertIsNotNone(image.where((255, 0, 0)))
        idat = sound.index(b"IDAT")
        length, = struct.unpack(">I", sound[idat - 4:idat])
        part = pdfs.chunk(b"IDAT", sound[idat + 4:idat + 4 + length // 2])
        self.put("half.png", sound[:idat - 4] + part)
        self.put("crc.png", sound[:-13])
        self.put("stray.png", sound[:-12] + b"xx")
        found, _ = self.judged("half.png", "crc.png", "stray.png", status=1)
        self.assertEqual([(s, "不完整" in m) for s, m in found], [("error", True)] * 3)

    def test_a_picture_cut_short_is_refused(self):
        sound, progressive = pdfs.jpeg(), pdfs.block_jpeg(4, 4, lambda x, y: (40, 200, 120), 3, progressive=True)
        self.put("cut.jpg", sound[:-40])
        self.put("scans.jpg", progressive[:-2])
        found, _ = self.judged("cut.jpg", "scans.jpg", status=1)
        self.assertEqual([(s, "不完整" in m) for s, m in found], [("error", True)] * 2)

    def test_components_called_r_g_and_b_are_so(self):
        stored = bytearray(pdfs.block_jpeg(4, 4, lambda x, y: (200, 100, 50), 3))
        for marker, first in ((b"\xff\xc0", 10), (b"\xff\xda", 5)):
            at = stored.index(marker)
            for i, name in enumerate(b"RGB"):
                stored[at + first + i * (3 if first == 10 else 2)] = name
        self.put("rgb.jpg", bytes(stored))
        _, volume = self.judged("rgb.jpg")
        for renderer in ("pdftoppm", "mutool"):
            image = pdfs.render(self.pdf, self.pages_of(volume)[0] + 1, renderer, 30, colours=True)
            seen = image.at(image.width * 0.5, image.height * 0.45)
            self.assertTrue(all(abs(v - w) < NEAR for v, w in zip(seen, (200, 100, 50))), (renderer, seen))


class Many(Attachment):
    def linked(self, pages, links):
        pdf = pdfs.Pdf()
        for i in range(pages):
            pdf.page(pdfs.words(f"kp{i + 1}"))
        for i, page in enumerate(pdf.kids):
            refs = [pdf.add(f"<</Type/Annot/Subtype/Link/Rect[{k % 500} {k // 500} {k % 500 + 3} {k // 500 + 3}]/Border[0 0 0]"
                            f"/Dest[{pdf.kids[(i + k) % pages]} 0 R/XYZ 0 {k % 800} null]>>") for k in range(links // pages)]
            pdf.set(page, pdf.objects[page - 1][:-2] + f"/Annots[{' '.join(f'{r} 0 R' for r in refs)}]>>".encode())
        items = [pdf.add("") for _ in range(7000)]
        outlines = pdf.add(f"<</First {items[0]} 0 R/Last {items[-1]} 0 R/Count 7000>>")
        for i, item in enumerate(items):
            after = f"/Next {items[i + 1]} 0 R" if i + 1 < len(items) else ""
            pdf.set(item, f"<</Title(mark {i})/Parent {outlines} 0 R{after}/Dest[{pdf.kids[i % pages]} 0 R/Fit]>>")
        pdf.catalog_extra = f"/Outlines {outlines} 0 R"
        return pdf.bytes()

    def test_links_and_bookmarks_beyond_any_limit_are_kept(self):
        self.put("a.pdf", self.linked(20, 24000))
        _, volume = self.judged("a.pdf")
        self.assertEqual(sum(len(volume.links(p)) for p in self.pages_of(volume)), 24000)
        self.assertEqual(len([o for o in volume.outline() if o[1].startswith("mark ")]), 7000)


class Names(Folder):
    def test_k7_06_the_file_that_is_meant_is_named(self):
        os.makedirs(os.path.join(self.dir, "扫描"))
        for name in ("Upper.JPG".encode(), unicodedata.normalize("NFD", "證件é한글.jpg").encode(), "荣誉证书.jpg".encode("gb18030"), b"a b.jpg", b"c#d?.jpg", b"100%.jpg"):
            with open(os.path.join(os.fsencode(self.dir), "扫描".encode(), name), "wb") as f:
                f.write(pdfs.jpeg())
        meant = {"扫描/證件é한글.jpg": "有“扫描/" + unicodedata.normalize("NFD", "證件é한글.jpg"), "扫描/荣誉证书.jpg": "“扫描/荣誉证书.jpg”在，但文件名是 GBK",
                 "扫描/upper.jpg": "有“扫描/Upper.JPG”", "扫描\\Upper.JPG": "有“扫描/Upper.JPG”", "扫描/a%20b.jpg": "有“扫描/a b.jpg”",
                 "扫描/Upper.JPG ": "有“扫描/Upper.JPG”", "file:///扫描/Upper.JPG": "有“扫描/Upper.JPG”",
                 "C:\\资料\\Upper.JPG": "有“扫描/Upper.JPG”", "扫描/none.jpg": "找不到，请核对"}
        there = ["扫描/a b.jpg", "./扫描/Upper.JPG", "扫描/c#d?.jpg", "扫描/100%.jpg", "扫描//Upper.JPG", "扫描/../扫描/Upper.JPG"]
        body = "\n".join(honour(f"H{i}", n) for i, n in enumerate([*meant, *there]))
        path = self.put("batch.xml", batch(applicant(body)))
        done = shenbao("check", "--lang", "zh", "--rules", "R76", "--format", "json", path)
        found = [f["message"] for f in json.loads(done.stdout)["applicants"][0]["findings"] if f["rule"] == "R76"]
        self.assertEqual(len(found), len(meant), found)
        for message, word in zip(found, meant.values()):
            self.assertIn(word, message)

    def test_what_lies_outside_is_not_told(self):
        outside = os.path.join(self.dir, "outside")
        inside = os.path.join(self.dir, "inside")
        os.makedirs(outside), os.makedirs(inside)
        for folder, name in ((outside, "Secret.jpg"), (inside, "x.jpg")):
            with open(os.path.join(folder, name), "wb") as f:
                f.write(pdfs.jpeg())
        os.symlink("../outside", os.path.join(inside, "link"))
        path = self.put("inside/batch.xml", batch(applicant(honour("H1", "secret.jpg") + honour("H2", "link/secret.jpg"))))
        done = shenbao("check", "--rules", "R76", path)
        self.assertNotIn(b"Secret", done.stdout)


if __name__ == "__main__":
    unittest.main()
