// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

/**
 * That a figure could not be measured.
 *
 * @param times in how many attempts; 1 at least
 * @param message why, the last time
 */
record Failure(int times, String message) {}
