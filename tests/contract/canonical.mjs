// One JSON text per line in, as a JSON string; its RFC 8785 form as a JSON string per line out; null where it is refused.
import { createInterface } from "node:readline";
import canonicalize from "canonicalize";

// Node 18 does not have it yet.
String.prototype.isWellFormed ??= function () {
  return !/\p{Surrogate}/u.test(this);
};

function answer(line) {
  try {
    return canonicalize(JSON.parse(JSON.parse(line)));
  } catch {
    return null;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(line))}\n`);
}
