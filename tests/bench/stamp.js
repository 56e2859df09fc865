// stamp.js OUT FILE...: mutool run. The pages of all files in one PDF, with a number on each.
var out = new PDFDocument(), number = 0;
var font = out.addSimpleFont(new Font("Times-Roman"), "Latin");

function stamp(page, resources) {
    number += 1;
    if (!resources.Font)
        resources.Font = out.newDictionary();
    resources.Font.Folio = font;
    return "Q BT /Folio 9 Tf 290 20 Td (" + number + ") Tj ET\n";
}

function addPages(path) {
    var source = new PDFDocument(path), map = out.newGraftMap(), n = source.countPages();
    for (var i = 0; i < n; ++i) {
        var page = source.findPage(i), copy = out.newDictionary();
        copy.Type = out.newName("Page");
        copy.MediaBox = map.graftObject(page.MediaBox);
        copy.Resources = map.graftObject(page.Resources);
        copy.Contents = out.newArray();
        copy.Contents.push(out.addStream("q\n", null));
        copy.Contents.push(map.graftObject(page.Contents));
        copy.Contents.push(out.addStream(stamp(copy, copy.Resources), null));
        out.insertPage(-1, out.addObject(copy));
    }
}

function addPicture(path) {
    var image = out.addImage(new Image(path)), resources = out.newDictionary();
    resources.XObject = out.newDictionary();
    resources.XObject.Picture = image;
    var text = "q 595 0 0 842 0 0 cm /Picture Do\n" + stamp(null, resources);
    out.insertPage(-1, out.addPage([0, 0, 595, 842], 0, resources, text));
}

for (var k = 1; k < scriptArgs.length; ++k)
    (/\.pdf$/.test(scriptArgs[k]) ? addPages : addPicture)(scriptArgs[k]);
out.save(scriptArgs[0], "");
