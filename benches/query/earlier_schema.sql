-- What the earlier tool created for conversations and messages.
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    customer_email TEXT,
    tags TEXT,
    last_synced TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    message_count INTEGER DEFAULT 0,
    thread_complete BOOLEAN DEFAULT TRUE,
    last_message_synced TIMESTAMP,
    message_sequence_number INTEGER DEFAULT 0,
    thread_last_checked TIMESTAMP
);
CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL,
    author_type TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    part_type TEXT DEFAULT 'comment',
    sequence_number INTEGER,
    last_synced TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    sync_version INTEGER DEFAULT 1,
    thread_position INTEGER,
    is_complete BOOLEAN DEFAULT TRUE,
    FOREIGN KEY (conversation_id) REFERENCES conversations (id)
);
-- Indexes.
CREATE INDEX idx_conversations_created_at ON conversations (created_at);
CREATE INDEX idx_conversations_updated_at ON conversations (updated_at);
CREATE INDEX idx_conversations_customer_email ON conversations (customer_email);
CREATE INDEX idx_conversations_last_synced ON conversations (last_synced);
CREATE INDEX idx_conversations_thread_complete ON conversations (thread_complete);
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_messages_created_at ON messages (created_at);
CREATE INDEX idx_messages_author_type ON messages (author_type);
CREATE INDEX idx_messages_last_synced ON messages (last_synced);
CREATE INDEX idx_messages_sequence ON messages (conversation_id, sequence_number);
CREATE INDEX idx_messages_thread_position ON messages (conversation_id, thread_position);
