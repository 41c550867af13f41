// SPDX-License-Identifier: Apache-2.0

/**
 * Tests of the manifests: what kubectl renders from them, whether Kubernetes would take it, and whether a node would
 * start with it.
 *
 * <p>Uses nothing of a node but its launcher. Start with {@link io.meridian.k8s.Manifests}.
 */
@NullMarked
package io.meridian.k8s;

import org.jspecify.annotations.NullMarked;
