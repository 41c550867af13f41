// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Args;
import io.meridian.engine.Errors;
import org.jspecify.annotations.Nullable;

/** The options after SET's value or GETEX's key (t_string.c, parseExtendedStringArgumentsOrReply). */
final class StringOptions {
    private static final StringOptions NONE = new StringOptions();

    private boolean onlyIfAbsent;
    private boolean onlyIfPresent;
    private boolean givesOldValue;
    private boolean keepsExpiry;
    private boolean persists;
    private @Nullable ExpiryOption expiry;

    private StringOptions() {}

    /** SET's: NX or XX, GET, and one of KEEPTTL and the expiries. */
    static StringOptions ofSet(Args args) {
        return args.count() == 3 ? NONE : parsed(args, 3, true);
    }

    /** GETEX's: PERSIST or one of the expiries. */
    static StringOptions ofGetEx(Args args) {
        return args.count() == 2 ? NONE : parsed(args, 2, false);
    }

    boolean onlyIfAbsent() {
        return onlyIfAbsent;
    }

    boolean onlyIfPresent() {
        return onlyIfPresent;
    }

    boolean givesOldValue() {
        return givesOldValue;
    }

    boolean keepsExpiry() {
        return keepsExpiry;
    }

    boolean persists() {
        return persists;
    }

    @Nullable
    ExpiryOption expiry() {
        return expiry;
    }

    private static StringOptions parsed(Args args, int from, boolean isSet) {
        StringOptions options = new StringOptions();
        int at = from;
        while (at < args.count()) {
            int taken = options.takeExpiry(args, at);
            if (taken == 0 && (isSet ? options.takeSetWord(args, at) : options.takePersist(args, at))) {
                taken = 1;
            }
            if (taken == 0) {
                throw Errors.syntax();
            }
            at += taken;
        }
        return options;
    }

    /** How many words it took; a repeated option of the same kind replaces the earlier one, as in Redis. */
    private int takeExpiry(Args args, int at) {
        if (keepsExpiry || persists || at + 1 >= args.count()) {
            return 0;
        }
        boolean inSeconds = args.isWord(at, "EX") || args.isWord(at, "EXAT");
        boolean inMillis = args.isWord(at, "PX") || args.isWord(at, "PXAT");
        if (!inSeconds && !inMillis) {
            return 0;
        }
        ExpiryOption option = new ExpiryOption(inSeconds, args.lengthAt(at) == 4, args.bytesAt(at + 1));
        if (expiry != null && (expiry.inSeconds() != inSeconds || expiry.isAbsolute() != option.isAbsolute())) {
            return 0;
        }
        expiry = option;
        return 2;
    }

    private boolean takeSetWord(Args args, int at) {
        if (args.isWord(at, "NX") && !onlyIfPresent) {
            onlyIfAbsent = true;
        } else if (args.isWord(at, "XX") && !onlyIfAbsent) {
            onlyIfPresent = true;
        } else if (args.isWord(at, "GET")) {
            givesOldValue = true;
        } else if (args.isWord(at, "KEEPTTL") && expiry == null) {
            keepsExpiry = true;
        } else {
            return false;
        }
        return true;
    }

    private boolean takePersist(Args args, int at) {
        if (!args.isWord(at, "PERSIST") || expiry != null) {
            return false;
        }
        persists = true;
        return true;
    }
}
