import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * Passlens from a Java server, with the JDK alone (Java 17 or newer).
 *
 * <pre>PASSLENS_ENDPOINT=http://localhost:7301 PASSLENS_KEY=sk_… java Recipe.java USER CREDENTIAL_ID CEREMONY_ID [REASON]</pre>
 *
 * Limits: 500 events and 512 KiB a batch; hold at most 1000, drop the oldest and tell their number in `dropped_events`.
 * Retry: after a network error, 429 or 5xx the same events (the same ids), at Retry-After or later and later; never after another 4xx.
 */
public final class Recipe {
    private static final int ATTEMPTS = 5;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final HttpClient CLIENT =
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    /** Your own stable reference of a user, the same one the page or app gives. */
    static String userRef(String reference) {
        return oneWay("passlens:user:", reference.getBytes(StandardCharsets.UTF_8));
    }

    /** The credential's raw id. */
    static String credentialRef(byte[] rawId) {
        return oneWay("passlens:credential:", rawId);
    }

    private static String oneWay(String prefix, byte[] value) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(prefix.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest(value));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Made once, where the event happens: a retry keeps it, so that what arrives twice counts once. */
    static String uuidV7() {
        byte[] bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        ByteBuffer random = ByteBuffer.wrap(bytes);
        long high = System.currentTimeMillis() << 16 | 0x7000 | random.getLong() & 0x0fff;
        long low = random.getLong() & 0x3fffffffffffffffL | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    /**
     * What your server decided of a sign-in. The ceremony's id comes from the client, beside its response: check that it is a UUID.
     * A reason means refused; null, verified. No value here needs escaping in JSON; with a library at hand, use it.
     */
    static String verdict(UUID ceremonyId, String user, byte[] rawId, String reason) {
        return """
            {"type": "ceremony.verdict", "id": "%s", "time_unix_ms": %d,
             "ceremony_id": "%s", "ceremony_type": "authentication", "user_ref": "%s",
             "verified": %b, %s "credential": {"credential_ref": "%s"}}"""
            .formatted(uuidV7(), System.currentTimeMillis(), ceremonyId, userRef(user), reason == null,
                reason == null ? "" : "\"reason\": \"%s\",".formatted(reason), credentialRef(rawId));
    }

    /** Call it from a thread of its own, never in the sign-in's way. The receipt, or null when the events were given up. */
    static String send(List<String> events) throws InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double seconds = Math.scalb(RANDOM.nextDouble(), attempt);
            try {
                HttpResponse<String> response = CLIENT.send(request(events), BodyHandlers.ofString());
                int status = response.statusCode();
                if (status < 300) return response.body();
                if (status < 500 && status != 429) {
                    System.err.println("Passlens refused: " + status + " " + response.body());
                    return null;
                }
                seconds = response.headers().firstValue("retry-after")
                    .filter(value -> value.matches("\\d{1,9}")).map(Double::valueOf).orElse(seconds);
            } catch (IOException notReached) {
                // The next attempt may reach it.
            }
            Thread.sleep((long) (Math.min(60, seconds) * 1000));
        }
        return null;
    }

    private static HttpRequest request(List<String> events) {
        String body = """
            {"schema_version": 1, "sent_unix_ms": %d, "sdk": {"name": "recipe-java", "version": "1"},
             "context": {"environment": "production"}, "events": [%s]}"""
            .formatted(System.currentTimeMillis(), String.join(",", events));
        return HttpRequest.newBuilder(URI.create(System.getenv("PASSLENS_ENDPOINT") + "/v1/events"))
            .timeout(Duration.ofSeconds(10))
            .header("authorization", "Bearer " + System.getenv("PASSLENS_KEY"))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    }

    public static void main(String[] args) throws InterruptedException {
        byte[] rawId = Base64.getUrlDecoder().decode(args[1]);
        String reason = args.length > 3 ? args[3] : null;
        System.out.println(send(List.of(verdict(UUID.fromString(args[2]), args[0], rawId, reason))));
    }
}
