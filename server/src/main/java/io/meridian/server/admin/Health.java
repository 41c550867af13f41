// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.admin;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Named checks of a node: those that say whether it lives, and those that say whether it should be sent requests.
 *
 * <p>Safe for any thread. A node that does not live should be restarted; one that is not ready only be left alone.
 */
public final class Health {
    private static final Duration SYNC_DEFAULT = Duration.ofSeconds(5);
    private static final Duration SYNC_MAX = Duration.ofSeconds(60);
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(ms|s)");

    /** Tells what is wrong, in a few words; empty: nothing. Quick, and never waits. */
    @FunctionalInterface
    public interface Check {
        Optional<String> problem();
    }

    /** Completes once this node has applied all that its groups' leaders had committed when asked; else it fails. */
    @FunctionalInterface
    public interface CatchUp {
        CompletionStage<?> within(Duration timeout);
    }

    /**
     * What all checks say.
     *
     * @param text one line a check, {@code [+]name ok} or {@code [-]name reason}, by name
     */
    public record Report(boolean isGood, String text) {}

    private final Map<String, Check> alive = new ConcurrentSkipListMap<>();
    private final Map<String, Check> ready = new ConcurrentSkipListMap<>();
    private final AtomicReference<CatchUp> catchUp =
            new AtomicReference<>(_ -> CompletableFuture.completedFuture(null));

    /** Adds a check that says whether the node lives; replaces one of that name. */
    public void aliveWhile(String name, Check check) {
        alive.put(name, check);
    }

    /** Adds a check that says whether the node is ready; replaces one of that name. */
    public void readyWhile(String name, Check check) {
        ready.put(name, check);
    }

    /** Sets how the node catches up with its leaders. */
    public void catchUpBy(CatchUp how) {
        catchUp.set(how);
    }

    public Report alive() {
        return report(alive);
    }

    public Report ready() {
        return report(ready);
    }

    /** Catches up first, so that a good report has one more line; the stage itself never fails. */
    public CompletionStage<Report> readyAfterCatchingUp(Duration timeout) {
        CompletionStage<?> caughtUp;
        try {
            caughtUp = catchUp.get().within(timeout);
        } catch (RuntimeException e) {
            caughtUp = CompletableFuture.failedFuture(e);
        }
        return caughtUp.handle((_, failure) -> {
            Report rest = ready();
            return failure == null
                    ? new Report(rest.isGood(), "[+]sync ok\n" + rest.text())
                    : new Report(false, "[-]sync " + reason(failure) + "\n" + rest.text());
        });
    }

    /**
     * What a path of health answers: {@code /livez}, else {@code /readyz} with its parameters {@code sync} and
     * {@code timeout=5s}; throws IllegalArgumentException for a timeout that is none.
     */
    public CompletionStage<Report> answer(String path, Map<String, List<String>> parameters) {
        if (path.equals("/livez")) {
            return CompletableFuture.completedFuture(alive());
        }
        if (!parameters.containsKey("sync")) {
            return CompletableFuture.completedFuture(ready());
        }
        Duration timeout = SYNC_DEFAULT;
        for (String text : parameters.getOrDefault("timeout", List.of())) {
            timeout = duration(text);
        }
        return readyAfterCatchingUp(timeout);
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("timeout is a duration like 500ms or 5s");
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration duration = matcher.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
        if (duration.compareTo(SYNC_MAX) > 0) {
            throw new IllegalArgumentException("timeout is at most " + SYNC_MAX.toSeconds() + "s");
        }
        return duration;
    }

    private static Report report(Map<String, Check> checks) {
        boolean isGood = true;
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Check> check : checks.entrySet()) {
            Optional<String> problem = problem(check.getValue());
            isGood &= problem.isEmpty();
            text.append(problem.isEmpty() ? "[+]" : "[-]")
                    .append(check.getKey())
                    .append(' ')
                    .append(problem.orElse("ok").replace('\n', ' '))
                    .append('\n');
        }
        return new Report(isGood, text.toString());
    }

    private static Optional<String> problem(Check check) {
        try {
            return check.problem();
        } catch (RuntimeException e) {
            return Optional.of("the check failed: " + e);
        }
    }

    private static String reason(Throwable failure) {
        String message = failure.getMessage();
        return (message == null ? failure.toString() : message).replace('\n', ' ');
    }
}
