// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

/** Which build of the program runs. */
final class Build {
    private Build() {}

    /** As the jar's manifest says; "dev" when run from classes. */
    static String version() {
        String version = Build.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
