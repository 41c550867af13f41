// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

/** Which door a session came through; their default consistency differs. */
public enum Frontend {
    RESP,
    REST
}
