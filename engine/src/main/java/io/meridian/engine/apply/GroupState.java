// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;
/** x */
public final class GroupState {}
