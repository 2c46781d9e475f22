"""The Official Account of the demonstration, as the imitated Zalo knows it. Nothing here is secret."""

DEMO_OA = {
    "oa_id": "2000000000000000002",
    "app_id": "1000000000000000001",
    "app_secret": "app-secret-demo-01",
    "webhook_key": "oa-secret-key-demo-01",
    "name": "Công an phường (mô phỏng)",
}
DEMO_ACCESS, DEMO_REFRESH = "A-demo-access-token", "R-demo-refresh-token"
DEMO_WEBHOOK = "demo-webhook-of-the-imitated-zalo"
