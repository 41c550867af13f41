// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.history;

/** What a client knows of an operation afterwards. */
public enum Outcome {
    /** It happened, between its call and its return, with the result recorded. */
    OK,
    /** It did not happen, and never will. */
    FAIL,
    /** It may have happened at any time after its call, may still happen, or may never. */
    UNKNOWN
}
