// Passlens from an iOS or iPadOS app (iOS 16 or newer, Swift 5.9), with Apple's frameworks alone.
//
//   let passlens = Passlens(endpoint: URL(string: "https://passlens.example.com")!, key: "pk_…", user: account.id)
//   let ceremony = passlens.started(.authentication, rpId: "shop.example")    // right before controller.performRequests()
//   passlens.finished(ceremony, with: authorization)                          // in didCompleteWithAuthorization
//   passlens.finished(ceremony, with: error)                                  // in didCompleteWithError
//
// Post `ceremony.id` to your server beside the credential, so that its verdict joins the ceremony.
//
// Limits: 500 events and 512 KiB a batch; 1000 are held, in memory; the oldest go first and their number is told in `dropped_events`.
// Retry: after a network error, 429 or 5xx the same events (the same ids), at Retry-After or later and later; never after another 4xx.

import AuthenticationServices
import CryptoKit
import Foundation
import UIKit

/// One call, from its start to its end.
struct Ceremony: Sendable {
    enum Kind: String, Sendable { case registration, authentication }
    let id: String
    let kind: Kind
    let request: Fields
    let startedAt: ContinuousClock.Instant
}

typealias Fields = [String: any Sendable]

/// Everything that changes is touched on `queue` alone. Nothing throws, nothing waits for the network.
final class Passlens: @unchecked Sendable {
    private let url: URL
    private let key: String
    private let context: Fields
    private let queue = DispatchQueue(label: "passlens")
    private var waiting: [Fields] = []
    private var dropped = 0
    private var failures = 0
    private var sending = false

    /// `user`: your own stable reference, the same one your server gives with its verdict. Nobody is signed in yet: nil.
    @MainActor
    init(endpoint: URL, key: String, user: String?, application: String = "ios", release: String? = nil) {
        url = endpoint.appendingPathComponent("v1/events")
        self.key = key
        let device = UIDevice.current
        let client: Fields = [
            "platform": device.systemName, "platform_version": device.systemVersion,
            "mobile": device.userInterfaceIdiom == .phone,
        ]
        var context: Fields = [
            "session_id": UUID().uuidString.lowercased(), "application": application, "client": client,
        ]
        if let user { context["user_ref"] = Self.userRef(user) }
        if let release { context["release"] = release }
        self.context = context
        add(["type": "client.capabilities", "webauthn": true])
    }

    static func userRef(_ reference: String) -> String {
        oneWay(Data("passlens:user:".utf8) + Data(reference.utf8))
    }

    static func credentialRef(_ rawId: Data) -> String {
        oneWay(Data("passlens:credential:".utf8) + rawId)
    }

    private static func oneWay(_ message: Data) -> String {
        Data(SHA256.hash(data: message)).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    /// Made once, where the event happens: a retry keeps it, so that what arrives twice counts once.
    static func uuidV7() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        let now = UInt64(nowMs())
        for i in 0..<6 { bytes[i] = UInt8(truncatingIfNeeded: now >> UInt64(40 - 8 * i)) }
        bytes[6] = bytes[6] & 0x0f | 0x70
        bytes[8] = bytes[8] & 0x3f | 0x80
        let hex = bytes.map { String(format: "%02x", $0) }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { hex[$0].joined() }.joined(separator: "-")
    }

    private static func nowMs() -> Int { Int(Date().timeIntervalSince1970 * 1000) }

    func started(_ kind: Ceremony.Kind, rpId: String) -> Ceremony {
        let ceremony = Ceremony(id: Self.uuidV7(), kind: kind, request: ["rp_id": rpId], startedAt: .now)
        add(common(ceremony, type: "ceremony.started"))
        return ceremony
    }

    /// A missing field is unknown: at registration the flags stand in the attestation object, and your server's verdict tells them.
    func finished(_ ceremony: Ceremony, with authorization: ASAuthorization) {
        var credential: Fields = [:]
        if let passkey = authorization.credential as? ASPublicKeyCredential {
            credential["credential_ref"] = Self.credentialRef(passkey.credentialID)
        }
        if let passkey = authorization.credential as? ASAuthorizationPublicKeyCredentialAssertion,
            let data = passkey.rawAuthenticatorData, data.count > 32 {
            let flags = data[data.startIndex + 32]
            credential["user_present"] = flags & 0x01 != 0
            credential["user_verified"] = flags & 0x04 != 0
            credential["backup_eligible"] = flags & 0x08 != 0
            credential["backup_state"] = flags & 0x10 != 0
        }
        // A password or an Apple ID was chosen instead: no passkey ceremony succeeded.
        let passkey = credential["credential_ref"] != nil
        end(ceremony, passkey
            ? ["outcome": "succeeded", "credential": credential]
            : ["outcome": "error", "error": ["name": "NoPublicKeyCredential"] as Fields])
    }

    /// No message is sent: it may name the user.
    func finished(_ ceremony: Ceremony, with error: Error) {
        let code = (error as NSError).code
        var fields: Fields = ["name": "ASAuthorizationError", "code": String(code)]
        if !(error is ASAuthorizationError) { fields["name"] = String((error as NSError).domain.prefix(64)) }
        else if code == 1001 { fields["name"] = "ASAuthorizationErrorCanceled" }
        else if code == 1005 { fields["signature"] = "notInteractive" }
        else if code == 1006 { fields["signature"] = "matchedExcludedCredential" }
        end(ceremony, ["outcome": "error", "error": fields])
    }

    private func end(_ ceremony: Ceremony, _ fields: Fields) {
        let elapsed = ceremony.startedAt.duration(to: .now) / Duration.milliseconds(1)
        let event = common(ceremony, type: "ceremony.finished")
        add(event.merging(["elapsed_ms": Int(elapsed)]) { $1 }.merging(fields) { $1 })
    }

    private func common(_ ceremony: Ceremony, type: String) -> Fields {
        [
            "type": type, "ceremony_id": ceremony.id, "ceremony_type": ceremony.kind.rawValue,
            "request": ceremony.request,
        ]
    }

    private func add(_ fields: Fields) {
        let event = fields.merging(["id": Self.uuidV7(), "time_unix_ms": Self.nowMs()]) { $1 }
        queue.async {
            self.waiting.append(event)
            self.send()
        }
    }

    private func send() {
        let excess = waiting.count - 1000
        if excess > 0 {
            waiting.removeFirst(excess)
            dropped += excess
        }
        guard !sending, !waiting.isEmpty else { return }
        sending = true
        let events = Array(waiting.prefix(100))
        let lost = dropped
        waiting.removeFirst(events.count)
        let batch: Fields = [
            "schema_version": 1, "sent_unix_ms": Self.nowMs(), "dropped_events": lost,
            "sdk": ["name": "recipe-swift", "version": "1"] as Fields,
            "context": context, "events": events,
        ]
        var request = URLRequest(url: url, timeoutInterval: 10)
        request.httpMethod = "POST"
        request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = try? JSONSerialization.data(withJSONObject: batch)
        URLSession.shared.dataTask(with: request) { _, response, _ in
            self.queue.async { self.answered(response as? HTTPURLResponse, events, lost) }
        }.resume()
    }

    private func answered(_ response: HTTPURLResponse?, _ events: [Fields], _ lost: Int) {
        let status = response?.statusCode ?? 503
        if status < 500 && status != 429 {
            if status < 300 { dropped -= lost }
            failures = 0
            sending = false
            return send()
        }
        waiting.insert(contentsOf: events, at: 0)
        let asked = response?.value(forHTTPHeaderField: "Retry-After").flatMap(Double.init)
        let wait = min(60, asked ?? pow(2, Double(failures)) * Double.random(in: 0.5...1))
        failures = min(6, failures + 1)
        queue.asyncAfter(deadline: .now() + wait) {
            self.sending = false
            self.send()
        }
    }
}
