// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

/** Docker cannot run here; the message says why. */
public final class DockerMissing extends Exception {
    private static final long serialVersionUID = 1;

    public DockerMissing(String why) {
        super(why);
    }
}
