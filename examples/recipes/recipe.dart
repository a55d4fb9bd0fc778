// Passlens from a Flutter app, with dart:io and package:crypto (Dart 3). Any passkey plugin will do.
//
//   final passlens = Passlens(endpoint: 'https://passlens.example.com', key: 'pk_…', user: account.id);
//   final ceremony = passlens.started(CeremonyType.authentication, rpId: 'shop.example'); // right before the plugin's call
//   passlens.succeeded(ceremony, rawId: response.rawId, authenticatorData: response.authenticatorData);
//   passlens.failed(ceremony, passlens.cancelled(ceremony)); // in catch: cancelled(ceremony), noPasskeyHere, or a name of your own
//
// Post `ceremony.id` to your server beside the response, so that its verdict joins the ceremony.
//
// Limits: 500 events and 512 KiB a batch; 1000 are held, in memory; the oldest go first and their number is told in `dropped_events`.
// Retry: after a network error, 429 or 5xx the same events (the same ids), at Retry-After or later and later; never after another 4xx.
import 'dart:async';
import 'dart:convert';
import 'dart:io';
import 'dart:math';

import 'package:crypto/crypto.dart';

enum CeremonyType { registration, authentication }

/// One call, from its start to its end.
class Ceremony {
  Ceremony._(this.id, this.type, this.rpId);

  final String id;
  final CeremonyType type;
  final String rpId;
  final _watch = Stopwatch()..start();
}

/// Nothing throws, nothing waits for the network.
class Passlens {
  /// [user]: your own stable reference, the same one your server gives with its verdict. Nobody is signed in yet: null.
  Passlens({
    required this.endpoint,
    required this.key,
    String? user,
    String application = 'flutter',
    String? release,
    bool phone = true,
  }) : _context = {
          'session_id': uuidV7(),
          'application': application,
          'client': {
            'platform': Platform.isIOS ? 'iOS' : 'Android',
            'platform_version': _firstNumber(Platform.operatingSystemVersion),
            'mobile': phone,
          },
          if (user != null) 'user_ref': userRef(user),
          if (release != null) 'release': release,
        } {
    _add({'type': 'client.capabilities', 'webauthn': true});
  }

  final String endpoint;
  final String key;
  final Map<String, Object> _context;
  final _waiting = <Map<String, Object>>[];
  // The default user agent says Dart; the system's version comes from the context.
  final _http = HttpClient()..connectionTimeout = const Duration(seconds: 10);
  int _dropped = 0;
  bool _sending = false;

  static String userRef(String reference) => _oneWay('passlens:user:', utf8.encode(reference));

  static String credentialRef(List<int> rawId) => _oneWay('passlens:credential:', rawId);

  static String _oneWay(String prefix, List<int> value) => base64Url
      .encode(sha256.convert([...utf8.encode(prefix), ...value]).bytes)
      .replaceAll('=', '');

  static List<int> _fromBase64url(String text) => base64Url.decode(base64Url.normalize(text));

  static final _random = Random.secure();

  /// Made once, where the event happens: a retry keeps it, so that what arrives twice counts once.
  static String uuidV7() {
    final bytes = List.generate(16, (_) => _random.nextInt(256));
    final now = _nowMs();
    for (var i = 0; i < 6; i++) {
      bytes[i] = (now >> (40 - 8 * i)) & 0xff;
    }
    bytes[6] = bytes[6] & 0x0f | 0x70;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    final hex = bytes.map((byte) => byte.toRadixString(16).padLeft(2, '0')).join();
    return [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)]
        .map((part) => hex.substring(part.$1, part.$2))
        .join('-');
  }

  static int _nowMs() => DateTime.now().millisecondsSinceEpoch;

  static String _firstNumber(String text) => RegExp(r'\d+(\.\d+)*').stringMatch(text) ?? '';

  Ceremony started(CeremonyType type, {required String rpId}) {
    final ceremony = Ceremony._(uuidV7(), type, rpId);
    _add(_common(ceremony, 'ceremony.started'));
    return ceremony;
  }

  /// Both in base64url, as plugins give them. Without authenticator data the flags are unknown, not false.
  void succeeded(Ceremony ceremony, {required String rawId, String? authenticatorData}) {
    final data = authenticatorData == null ? <int>[] : _fromBase64url(authenticatorData);
    _end(ceremony, {
      'outcome': 'succeeded',
      'credential': {
        'credential_ref': credentialRef(_fromBase64url(rawId)),
        if (data.length > 32) ...{
          'user_present': data[32] & 0x01 != 0,
          'user_verified': data[32] & 0x04 != 0,
          'backup_eligible': data[32] & 0x08 != 0,
          'backup_state': data[32] & 0x10 != 0,
        },
      },
    });
  }

  /// A stable name of at most 64 characters, never a message: it may name the user.
  void failed(Ceremony ceremony, String name) => _end(ceremony, {
        'outcome': 'error',
        'error': {'name': name},
      });

  static const noPasskeyHere = 'NoCredentialException';

  /// What the platform itself calls it when the user dismissed the dialog.
  String cancelled(Ceremony ceremony) => Platform.isIOS
      ? 'ASAuthorizationErrorCanceled'
      : ceremony.type == CeremonyType.registration
          ? 'CreateCredentialCancellationException'
          : 'GetCredentialCancellationException';

  void _end(Ceremony ceremony, Map<String, Object> fields) => _add({
        ..._common(ceremony, 'ceremony.finished'),
        'elapsed_ms': ceremony._watch.elapsedMilliseconds,
        ...fields,
      });

  Map<String, Object> _common(Ceremony ceremony, String type) => {
        'type': type,
        'ceremony_id': ceremony.id,
        'ceremony_type': ceremony.type.name,
        'request': {'rp_id': ceremony.rpId},
      };

  void _add(Map<String, Object> fields) {
    _waiting.add({...fields, 'id': uuidV7(), 'time_unix_ms': _nowMs()});
    _trim();
    unawaited(_send());
  }

  void _trim() {
    final excess = max(0, _waiting.length - 1000);
    _waiting.removeRange(0, excess);
    _dropped += excess;
  }

  Future<void> _send() async {
    if (_sending) return;
    _sending = true;
    for (var failures = 0; _waiting.isNotEmpty;) {
      final events = _waiting.take(100).toList();
      final lost = _dropped;
      _waiting.removeRange(0, events.length);
      final (status, retryAfter) = await _post(events, lost);
      if (status < 500 && status != 429) {
        if (status < 300) _dropped -= lost;
        failures = 0;
        continue;
      }
      _waiting.insertAll(0, events);
      _trim();
      final backoff = (1 << failures) * (0.5 + _random.nextDouble() / 2);
      failures = min(6, failures + 1);
      final seconds = min(60, retryAfter ?? backoff);
      await Future<void>.delayed(Duration(milliseconds: (seconds * 1000).round()));
    }
    _sending = false;
  }

  Future<(int, int?)> _post(List<Map<String, Object>> events, int lost) async {
    try {
      final request = await _http.postUrl(Uri.parse('$endpoint/v1/events'));
      request.headers
        ..set('authorization', 'Bearer $key')
        ..set('content-type', 'application/json');
      request.add(utf8.encode(jsonEncode({
        'schema_version': 1,
        'sent_unix_ms': _nowMs(),
        'dropped_events': lost,
        'sdk': {'name': 'recipe-dart', 'version': '1'},
        'context': _context,
        'events': events,
      })));
      final response = await request.close().timeout(const Duration(seconds: 10));
      await response.drain<void>();
      return (response.statusCode, int.tryParse(response.headers.value('retry-after') ?? ''));
    } catch (_) {
      return (503, null);
    }
  }
}
