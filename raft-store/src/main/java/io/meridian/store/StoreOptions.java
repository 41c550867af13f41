// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.nio.file.Path;

/**
 * Whose store it is, and where its files are.
 *
 * @param cluster a directory of another cluster is refused
 * @param node a directory of another node is refused
 * @param directory made when it is not there; no other process may use it
 */
public record StoreOptions(String cluster, String node, Path directory, StoreTuning tuning) {}
