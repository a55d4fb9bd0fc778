<?php
/**
 * Passlens from a PHP server, without extensions (PHP 8.0 or newer).
 *
 *   PASSLENS_ENDPOINT=http://localhost:7301 PASSLENS_KEY=sk_… php recipe.php USER CREDENTIAL_ID CEREMONY_ID [REASON]
 *
 * Limits: 500 events and 512 KiB a batch; hold at most 1000, drop the oldest and tell their number in `dropped_events`.
 * Retry: after a network error, 429 or 5xx the same events (the same ids), at Retry-After or later and later; never after another 4xx.
 */
declare(strict_types=1);

const ATTEMPTS = 5;

/** Your own stable reference of a user, in UTF-8, the same one the page or app gives. */
function user_ref(string $reference): string
{
    return one_way('passlens:user:' . $reference);
}

/** The credential's raw id, as bytes. */
function credential_ref(string $raw_id): string
{
    return one_way('passlens:credential:' . $raw_id);
}

function one_way(string $message): string
{
    return rtrim(strtr(base64_encode(hash('sha256', $message, true)), '+/', '-_'), '=');
}

/** Made once, where the event happens: a retry keeps it, so that what arrives twice counts once. */
function uuid_v7(): string
{
    $bytes = substr(pack('J', now_ms()), 2) . random_bytes(10);
    $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x70);
    $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
    return preg_replace('/^(.{8})(.{4})(.{4})(.{4})/', '$1-$2-$3-$4-', bin2hex($bytes));
}

function now_ms(): int
{
    return (int) floor(microtime(true) * 1000);
}

/** What your server decided of a sign-in. The ceremony's id comes from the client, beside its response; a reason means refused. */
function verdict(string $ceremony_id, string $user, string $raw_id, ?string $reason = null): array
{
    $event = [
        'type' => 'ceremony.verdict',
        'id' => uuid_v7(),
        'time_unix_ms' => now_ms(),
        'ceremony_id' => $ceremony_id,
        'ceremony_type' => 'authentication',
        'user_ref' => user_ref($user),
        'verified' => $reason === null,
        'credential' => ['credential_ref' => credential_ref($raw_id)],
    ];
    return $reason === null ? $event : $event + ['reason' => $reason];
}

/** Call it after the response is sent (fastcgi_finish_request) or from a queue. The receipt, or null when the events were given up. */
function send(array $events): ?array
{
    for ($attempt = 0; $attempt < ATTEMPTS; $attempt++) {
        $wait = 2 ** $attempt * random_int(0, 1000) / 1000;
        $context = stream_context_create(['http' => [
            'method' => 'POST',
            'header' => ['Authorization: Bearer ' . getenv('PASSLENS_KEY'), 'Content-Type: application/json'],
            'content' => json_encode([
                'schema_version' => 1,
                'sent_unix_ms' => now_ms(),
                'sdk' => ['name' => 'recipe-php', 'version' => '1'],
                'context' => ['environment' => 'production'],
                'events' => $events,
            ], JSON_THROW_ON_ERROR),
            'timeout' => 10,
            'ignore_errors' => true,
        ]]);
        $stream = @fopen(getenv('PASSLENS_ENDPOINT') . '/v1/events', 'r', false, $context);
        if ($stream !== false) {
            $headers = implode("\n", stream_get_meta_data($stream)['wrapper_data']);
            $body = (string) stream_get_contents($stream);
            fclose($stream);
            $status = preg_match('~^HTTP/\S+ (\d{3})~', $headers, $found) ? (int) $found[1] : 500;
            if ($status < 300) {
                return json_decode($body, true);
            }
            if ($status < 500 && $status !== 429) {
                error_log("Passlens refused: $status $body");
                return null;
            }
            if (preg_match('/^retry-after: *(\d+)/im', $headers, $found)) {
                $wait = (int) $found[1];
            }
        }
        usleep((int) (min(60, $wait) * 1_000_000));
    }
    return null;
}

if (realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    [, $user, $credential_id, $ceremony_id] = $argv;
    $raw_id = base64_decode(strtr($credential_id, '-_', '+/'));
    echo json_encode(send([verdict($ceremony_id, $user, $raw_id, $argv[4] ?? null)])), "\n";
}
