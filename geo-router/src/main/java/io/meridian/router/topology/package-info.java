// SPDX-License-Identifier: Apache-2.0
/**
 * Where nodes, groups and databases are, as immutable records.
 *
 * <p>Imports nothing but the JDK. Start at {@link io.meridian.router.topology.Topology} for machines and at
 * {@link io.meridian.router.topology.Catalog} for databases and who may use them.
 */
@NullMarked
package io.meridian.router.topology;

import org.jspecify.annotations.NullMarked;
