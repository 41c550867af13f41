// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.machine;

/**
 * The processor time of one process, as {@code /proc/<pid>/stat} tells it.
 *
 * @param ownTicks of the process itself, in user and kernel mode
 * @param waitedTicks of its children that have ended and were waited for
 */
record ProcessTimes(long pid, long parent, long ownTicks, long waitedTicks) {
    // proc_pid_stat(5) numbers fields from 1, and the state behind the name in parentheses is field 3.
    private static final int FIRST_FIELD = 3;
    private static final int PARENT = 4;
    private static final int USER = 14;
    private static final int SYSTEM = 15;
    private static final int CHILDREN_USER = 16;
    private static final int CHILDREN_SYSTEM = 17;

    /** Throws IllegalArgumentException for what is no such line. */
    static ProcessTimes parse(String line) {
        // The name may hold blanks and parentheses itself.
        int open = line.indexOf('(');
        int close = line.lastIndexOf(')');
        if (open < 0 || close < open) {
            throw new IllegalArgumentException("not a line of /proc/<pid>/stat: " + line);
        }
        String[] fields = line.substring(close + 1).strip().split(" +", -1);
        if (fields.length <= CHILDREN_SYSTEM - FIRST_FIELD) {
            throw new IllegalArgumentException("too short for a line of /proc/<pid>/stat: " + line);
        }
        return new ProcessTimes(
                Long.parseLong(line.substring(0, open).strip()),
                field(fields, PARENT),
                field(fields, USER) + field(fields, SYSTEM),
                field(fields, CHILDREN_USER) + field(fields, CHILDREN_SYSTEM));
    }

    private static long field(String[] fields, int number) {
        return Long.parseLong(fields[number - FIRST_FIELD]);
    }
}
