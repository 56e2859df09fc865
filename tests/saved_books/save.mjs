// Opens a workbook and saves it: node save.mjs exceljs|sheetjs IN OUT, where npm has installed exceljs or xlsx.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(process.cwd(), "package.json"));
const [library, from, to] = process.argv.slice(2);
if (library === "exceljs") {
  const { Workbook } = require("exceljs");
  const book = new Workbook();
  await book.xlsx.readFile(from);
  await book.xlsx.writeFile(to);
} else {
  const XLSX = require("xlsx");
  XLSX.writeFile(XLSX.readFile(from, { cellStyles: true, cellNF: true }), to, { compression: true });
}
