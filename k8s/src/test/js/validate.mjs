// SPDX-License-Identifier: Apache-2.0
//
// Checks each object of each file against the schema of its kind: required fields, and types. Names what is wrong, one
// a line; the last line says how many objects were checked.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

let checked = 0;
let wrong = 0;

for (const file of process.argv.slice(2)) {
  for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
    const object = document.toJS();
    const name = `${file}: ${object.kind} ${object.metadata?.name}`;
    try {
      const models = await import(`kubernetes-models/${object.apiVersion}`);
      new models[object.kind](object).validate();
    } catch (problem) {
      console.log(`${name}: ${problem.message}`);
      wrong++;
    }
    checked++;
  }
}

console.log(`${checked - wrong} of ${checked} objects are valid`);
process.exit(wrong === 0 && checked > 0 ? 0 : 1);
