// Passlens from a Go server, with the standard library alone (Go 1.18 or newer).
//
//	PASSLENS_ENDPOINT=http://localhost:7301 PASSLENS_KEY=sk_… go run recipe.go USER CREDENTIAL_ID CEREMONY_ID [REASON]
//
// Limits: 500 events and 512 KiB a batch; hold at most 1000, drop the oldest and tell their number in `dropped_events`.
// Retry: after a network error, 429 or 5xx the same events (the same ids), at Retry-After or later and later; never after another 4xx.
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	mathrand "math/rand"
	"net/http"
	"os"
	"strconv"
	"time"
)

const attempts = 5

var client = http.Client{Timeout: 10 * time.Second}

// userRef takes your own stable reference of a user, the same one the page or app gives.
func userRef(reference string) string {
	return oneWay(append([]byte("passlens:user:"), reference...))
}

// credentialRef takes the credential's raw id.
func credentialRef(rawID []byte) string {
	return oneWay(append([]byte("passlens:credential:"), rawID...))
}

func oneWay(message []byte) string {
	digest := sha256.Sum256(message)
	return base64.RawURLEncoding.EncodeToString(digest[:])
}

// uuidV7 is made once, where the event happens: a retry keeps it, so that what arrives twice counts once.
func uuidV7() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err)
	}
	now := time.Now().UnixMilli()
	for i := 0; i < 6; i++ {
		b[i] = byte(now >> (40 - 8*i))
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// verdict is what your server decided of a sign-in. The ceremony's id comes from the client, beside its response; a reason means refused.
func verdict(ceremonyID, user string, rawID []byte, reason string) map[string]any {
	event := map[string]any{
		"type":          "ceremony.verdict",
		"id":            uuidV7(),
		"time_unix_ms":  time.Now().UnixMilli(),
		"ceremony_id":   ceremonyID,
		"ceremony_type": "authentication",
		"user_ref":      userRef(user),
		"verified":      reason == "",
		"credential":    map[string]any{"credential_ref": credentialRef(rawID)},
	}
	if reason != "" {
		event["reason"] = reason
	}
	return event
}

// send gives the receipt. Call it from a goroutine of its own, never in the sign-in's way.
func send(events []map[string]any) (string, error) {
	var failure error
	for attempt := 0; attempt < attempts; attempt++ {
		wait := time.Duration(float64(time.Second<<attempt) * mathrand.Float64())
		status, retryAfter, answer, err := post(events)
		switch {
		case err != nil:
			failure = err
		case status < 300:
			return answer, nil
		default:
			failure = fmt.Errorf("passlens answered %d: %s", status, answer)
			if status < 500 && status != http.StatusTooManyRequests {
				return "", failure
			}
			if seconds, err := strconv.Atoi(retryAfter); err == nil {
				wait = time.Duration(seconds) * time.Second
			}
		}
		if wait > time.Minute {
			wait = time.Minute
		}
		time.Sleep(wait)
	}
	return "", failure
}

func post(events []map[string]any) (status int, retryAfter, answer string, err error) {
	body, err := json.Marshal(map[string]any{
		"schema_version": 1,
		"sent_unix_ms":   time.Now().UnixMilli(),
		"sdk":            map[string]any{"name": "recipe-go", "version": "1"},
		"context":        map[string]any{"environment": "production"},
		"events":         events,
	})
	if err != nil {
		return 0, "", "", err
	}
	request, err := http.NewRequest("POST", os.Getenv("PASSLENS_ENDPOINT")+"/v1/events", bytes.NewReader(body))
	if err != nil {
		return 0, "", "", err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("PASSLENS_KEY"))
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return 0, "", "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header.Get("Retry-After"), string(text), err
}

func main() {
	user, credentialID, ceremonyID, reason := os.Args[1], os.Args[2], os.Args[3], ""
	if len(os.Args) > 4 {
		reason = os.Args[4]
	}
	rawID, err := base64.RawURLEncoding.DecodeString(credentialID)
	if err != nil {
		log.Fatal(err)
	}
	receipt, err := send([]map[string]any{verdict(ceremonyID, user, rawID, reason)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipt)
}
