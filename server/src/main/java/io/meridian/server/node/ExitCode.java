// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

/** What the process tells its caller at its end; the numbers are those of BSD's sysexits.h. */
public final class ExitCode {
    public static final int OK = 0;
    /** Something that is needed is taken: an address, a data directory. */
    public static final int UNAVAILABLE = 69;
    /** A fault of the program's own. */
    public static final int SOFTWARE = 70;
    /** The disk, or something else outside, failed. */
    public static final int IO = 74;
    /** The configuration is wrong, or is not that of the data directory. */
    public static final int CONFIG = 78;

    private ExitCode() {}
}
