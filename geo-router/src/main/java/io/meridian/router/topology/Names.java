// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

import java.util.regex.Pattern;

/** The one shape that names of clusters, regions, nodes, databases and users have. */
public final class Names {
    /** Said wherever a name is refused. */
    public static final String EXPECTED =
            "a name of 1 to 63 lower-case letters, digits and hyphens that starts and ends with a letter or digit";

    // A DNS label: names become host names, metric labels, folder names and parts of user names ("name+level").
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private Names() {}

    public static boolean isName(String text) {
        return LABEL.matcher(text).matches();
    }

    static String require(String text) {
        if (!isName(text)) {
            throw new IllegalArgumentException("'" + text + "' is not " + EXPECTED);
        }
        return text;
    }
}
