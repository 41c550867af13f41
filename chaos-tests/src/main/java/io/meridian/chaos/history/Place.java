// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.history;

/** Which node a client spoke to, and the region of that node. */
public record Place(String region, String node) {}
