// Reads pages with html-validate's standard rules; prints one line per finding.
import { HtmlValidate, FileSystemConfigLoader } from "html-validate";
const rules = { extends: ["html-validate:standard"], root: true };
const reader = new HtmlValidate(new FileSystemConfigLoader([], rules));
for (const file of process.argv.slice(2)) {
  const report = await reader.validateFile(file);
  for (const one of report.results.flatMap(result => result.messages)) {
    console.log(`${file}:${one.line}:${one.column}: ${one.ruleId}: ${one.message}`);
  }
}
