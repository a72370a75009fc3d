// Reads one page per line as a JSON string, answers one line with its faults.
// Only rules about what HTML and its accessibility mean; none about style.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.argv[2]}/`);
const { HtmlValidate } = await import(pathToFileURL(require.resolve("html-validate")).href);

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended", "html-validate:document"],
  rules: {
    // Taste: how attributes and entities are written does not change what they mean.
    "no-raw-characters": "off",
    "no-trailing-whitespace": "off",
    "void-style": "off",
    "no-implicit-button-type": "off",
    "no-implicit-input-type": "off",
    "prefer-native-element": "off",
    "doctype-style": "off",
    "long-title": "off",
    "no-inline-style": "off",
    "require-sri": "off",
    // A group of boxes has one name, as HTML means it: what is ticked is a list.
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "reset", "submit"] }],
    // A telephone number is text of the vendor's, not markup of ours.
    "tel-non-breaking": "off",
  },
});

for await (const line of createInterface({ input: process.stdin })) {
  const report = await validator.validateString(JSON.parse(line));
  const faults = report.results.flatMap((result) =>
    result.messages.map((m) => `${m.ruleId}: ${m.message} (${m.line}:${m.column})`),
  );
  console.log(JSON.stringify(faults));
}
