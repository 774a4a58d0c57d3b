import { writeFileSync } from "node:fs";
import { compare, corpusNumbers } from "./comparison.ts";
import { corpusFolder } from "./corpus-folder.ts";
import { differencesPage } from "./differences.ts";

const folder = corpusFolder();
if (folder === undefined) {
    console.error("The corpus is not here: set HOLDFAST_CORPUS to its folder.");
    process.exitCode = 1;
} else {
    const page = differencesPage(corpusNumbers(folder).map((number) => compare(folder, number)));
    writeFileSync("docs/guide/corpus-differences.md", page);
    console.log("docs/guide/corpus-differences.md is written");
}
