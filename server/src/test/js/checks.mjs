// SPDX-License-Identifier: Apache-2.0
// Runs a script's checks one after the other and ends the process: with status 0 when all passed, and says how many.
import process from "node:process";

const all = [];

/** Adds a check; its work is a function that throws when something is wrong. */
export function check(name, work) {
  all.push({ name, work });
}

/** A setting that the test which started the script gave it. */
export function setting(name) {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set`);
  }
  return value;
}

/** Runs the checks, then the clean-up, whatever became of them. */
export async function run(cleanUp) {
  let failed = 0;
  for (const { name, work } of all) {
    try {
      await work();
    } catch (error) {
      failed++;
      console.log(`FAILED ${name}\n${error?.stack ?? error}`);
    }
  }
  await cleanUp();
  console.log(`${all.length - failed} of ${all.length} checks passed`);
  process.exit(failed === 0 ? 0 : 1);
}
