// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.metrics;

/** What metrics tell of one replica of a group; each method is quick and safe for any thread. */
public interface GroupView {
    /** The highest index applied here. */
    long appliedIndex();

    /** The highest index known here to be committed. */
    long committedIndex();

    /** How old what this replica shows may be, in milliseconds; 0 on the leader, negative while not known. */
    long stalenessMillis();

    boolean isLeader();
}
