// Generated from the schema by `npm run types`; the tests refuse a file that is out of date.
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export interface Database {
  public: {
    Tables: {
      activities: {
        Row: {
          admission: string
          ages: string
          audience: string[]
          came_activity_id: number | null
          came_category_id: string | null
          came_least: number | null
          came_of: string | null
          came_since: string | null
          cancel_reason: string | null
          cancelled_at: string | null
          category_id: string
          closes_at: string | null
          code: string
          contact_phone: string | null
          copied_from: number | null
          department: string | null
          entered_at: string
          entered_by: string | null
          fee_fen: number
          fee_for: string | null
          for_groups: string[]
          for_level: number | null
          for_unit_id: number | null
          form_id: string
          host_unit_id: number
          id: number
          kind: string
          lecturer: string | null
          minors: string
          minors_staff: string[] | null
          newcomers: string
          opens_at: string | null
          published_at: string | null
          published_by: string | null
          returned_reason: string | null
          room: string | null
          sign_up: string
          status: string
          submitted_at: string | null
          submitted_by: string | null
          summary: string
          title: string
          venue: string
          version: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'activities_came_activity_id_fkey', columns: ['came_activity_id'], isOneToOne: false, referencedRelation: 'activities', referencedColumns: ['id'] },
          { foreignKeyName: 'activities_came_category_id_fkey', columns: ['came_category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'activities_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'activities_copied_from_fkey', columns: ['copied_from'], isOneToOne: false, referencedRelation: 'activities', referencedColumns: ['id'] },
          { foreignKeyName: 'activities_for_unit_id_fkey', columns: ['for_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'activities_form_id_fkey', columns: ['form_id'], isOneToOne: false, referencedRelation: 'activity_forms', referencedColumns: ['id'] },
          { foreignKeyName: 'activities_host_unit_id_fkey', columns: ['host_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      activity_approvals: {
        Row: {
          activity_id: number
          at: string
          by_account: string | null
          unit_id: number
          version: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'activity_approvals_activity_id_fkey', columns: ['activity_id'], isOneToOne: false, referencedRelation: 'activities', referencedColumns: ['id'] },
          { foreignKeyName: 'activity_approvals_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      activity_change_reviews: {
        Row: {
          change_id: number
          seen_at: string | null
          seen_by: string | null
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'activity_change_reviews_change_id_fkey', columns: ['change_id'], isOneToOne: false, referencedRelation: 'activity_changes', referencedColumns: ['id'] },
          { foreignKeyName: 'activity_change_reviews_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      activity_changes: {
        Row: {
          activity_id: number
          at: string
          became: Json
          by_account: string | null
          id: number
          session_id: number | null
          was: Json
          what: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'activity_changes_activity_id_fkey', columns: ['activity_id'], isOneToOne: false, referencedRelation: 'activities', referencedColumns: ['id'] },
          { foreignKeyName: 'activity_changes_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
        ]
      }
      activity_forms: {
        Row: {
          en: string
          id: string
          position: number
          zh: string
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      activity_reviews: {
        Row: {
          set_at: string
          set_by: string | null
          unit_id: number
          way: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'activity_reviews_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      activity_sessions: {
        Row: {
          activity_id: number
          cancel_reason: string | null
          cancelled_at: string | null
          confirmed_at: string | null
          confirmed_by: string | null
          ends_at: string
          id: number
          makes_up_for: number | null
          room: string | null
          starts_at: string
          venue: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'activity_sessions_activity_id_fkey', columns: ['activity_id'], isOneToOne: false, referencedRelation: 'activities', referencedColumns: ['id'] },
          { foreignKeyName: 'activity_sessions_makes_up_for_fkey', columns: ['makes_up_for'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
        ]
      }
      attendance_marks: {
        Row: {
          by_account: string | null
          client_id: string
          clock_off_ms: number
          device: string | null
          device_at: string
          id: number
          method: string
          person_id: number
          received_at: string
          seen_at: string
          session_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'attendance_marks_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'attendance_marks_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
        ]
      }
      attendance_voids: {
        Row: {
          at: string
          by_account: string | null
          mark_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'attendance_voids_mark_id_fkey', columns: ['mark_id'], isOneToOne: false, referencedRelation: 'attendance_marks', referencedColumns: ['id'] },
        ]
      }
      audit_events: {
        Row: {
          account_id: string | null
          action: string
          at: string
          details: Json
          id: number
          subject_id: string
          subject_kind: string
          unit_id: number | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'audit_events_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      beats: {
        Row: {
          claimed: string
          excess: string
          rate: number
          received_at: string
          seq: number
          study_ms: number
          watch_id: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'beats_watch_id_fkey', columns: ['watch_id'], isOneToOne: false, referencedRelation: 'watches', referencedColumns: ['id'] },
        ]
      }
      categories: {
        Row: {
          en: string
          id: string
          plain_en: string | null
          plain_zh: string | null
          position: number
          zh: string
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      class_register_entries: {
        Row: {
          entered_at: string
          entered_by: string | null
          participation_id: number
          person_id: number
          register_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'class_register_entries_participation_id_fkey', columns: ['participation_id'], isOneToOne: false, referencedRelation: 'participations', referencedColumns: ['id'] },
          { foreignKeyName: 'class_register_entries_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'class_register_entries_register_id_fkey', columns: ['register_id'], isOneToOne: false, referencedRelation: 'class_registers', referencedColumns: ['id'] },
        ]
      }
      class_registers: {
        Row: {
          beside_id: number | null
          category_id: string
          entered_at: string
          entered_by: string | null
          held_on: string
          id: number
          minutes: number
          started_at: string
          title: string
          title_key: string
          unit_id: number
          venue: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'class_registers_beside_id_fkey', columns: ['beside_id'], isOneToOne: false, referencedRelation: 'class_registers', referencedColumns: ['id'] },
          { foreignKeyName: 'class_registers_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'class_registers_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      corrections: {
        Row: {
          at: string
          by_account: string | null
          participation_id: number
          reason: string
          what: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'corrections_participation_id_fkey', columns: ['participation_id'], isOneToOne: false, referencedRelation: 'participations', referencedColumns: ['id'] },
        ]
      }
      course_categories: {
        Row: {
          category_id: string
          course_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'course_categories_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'course_categories_course_id_fkey', columns: ['course_id'], isOneToOne: false, referencedRelation: 'courses', referencedColumns: ['id'] },
        ]
      }
      courses: {
        Row: {
          audience: string[]
          author: string
          category_id: string
          content_hash: string | null
          host_unit_id: number | null
          id: number
          kind: string
          lesson_count: number
          licence: string
          local_feature: boolean
          minutes: number
          origin: string
          poster: string | null
          published_at: string | null
          slug: string
          status: string
          summary: string
          title: string
          updated_on: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'courses_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'courses_host_unit_id_fkey', columns: ['host_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      coverage_cells: {
        Row: {
          axis: number
          person_times: number
          persons: number
          seconds: number
          slice_id: number
          unit_id: number
          view_id: number
          year: number
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      credential_grounds: {
        Row: {
          credential_id: number
          posting_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credential_grounds_credential_id_fkey', columns: ['credential_id'], isOneToOne: false, referencedRelation: 'credentials', referencedColumns: ['id'] },
          { foreignKeyName: 'credential_grounds_posting_id_fkey', columns: ['posting_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
        ]
      }
      credential_keys: {
        Row: {
          first_used_at: string
          public_key: string
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      credential_status_bits: {
        Row: {
          list_id: number
          list_index: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credential_status_bits_list_id_fkey', columns: ['list_id'], isOneToOne: false, referencedRelation: 'credential_status_lists', referencedColumns: ['id'] },
        ]
      }
      credential_status_lists: {
        Row: {
          document: Json | null
          id: number
          published_at: string | null
          published_bits: number | null
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      credentials: {
        Row: {
          code: string
          document: Json | null
          home_unit_id: number
          id: number
          issued_at: string
          key: string
          kind: string
          lifted_at: string | null
          lifted_by: string | null
          lifted_words: string | null
          list_id: number
          list_index: number
          person_id: number
          revoked_at: string | null
          revoked_by: string | null
          revoked_reason: string | null
          revoked_words: string | null
          signed_at: string | null
          snapshot: Json
          subject_id: string
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credentials_home_unit_id_fkey', columns: ['home_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'credentials_list_id_fkey', columns: ['list_id'], isOneToOne: false, referencedRelation: 'credential_status_lists', referencedColumns: ['id'] },
          { foreignKeyName: 'credentials_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credentials_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      credit_account_states: {
        Row: {
          account_id: number
          balance: number
          is_debt: boolean
          seq: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_account_states_account_id_fkey', columns: ['account_id'], isOneToOne: false, referencedRelation: 'credit_accounts', referencedColumns: ['id'] },
        ]
      }
      credit_accounts: {
        Row: {
          id: number
          measure: string
          person_id: number | null
          role: string
          unit_id: number | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_accounts_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_accounts_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      credit_application_parts: {
        Row: {
          application_id: number
          category_id: string
          milli_credits: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_application_parts_application_id_fkey', columns: ['application_id'], isOneToOne: false, referencedRelation: 'credit_applications', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_application_parts_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
        ]
      }
      credit_applications: {
        Row: {
          applied_id: number
          asked_at: string
          asked_by: string
          asked_person_id: number
          award_id: number
          decided_at: string | null
          decided_by: string | null
          decision: string | null
          id: number
          milli_credits: number
          person_id: number
          returned_id: number | null
          state: string
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_applications_applied_id_fkey', columns: ['applied_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_applications_asked_person_id_fkey', columns: ['asked_person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_applications_award_id_fkey', columns: ['award_id'], isOneToOne: false, referencedRelation: 'credit_awards', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_applications_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_applications_returned_id_fkey', columns: ['returned_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_applications_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      credit_award_minima: {
        Row: {
          award_id: number
          category_id: string
          milli_credits: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_award_minima_award_id_fkey', columns: ['award_id'], isOneToOne: false, referencedRelation: 'credit_awards', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_award_minima_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
        ]
      }
      credit_awards: {
        Row: {
          en: string
          entered_at: string
          entered_by: string | null
          id: number
          in_force: string
          milli_credits: number
          unit_id: number
          zh: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_awards_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      credit_cap_uses: {
        Row: {
          cap_id: number
          host_unit_id: number
          period_start: string
          person_id: number
          used: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_cap_uses_cap_id_fkey', columns: ['cap_id'], isOneToOne: false, referencedRelation: 'credit_caps', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_cap_uses_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      credit_caps: {
        Row: {
          amount: number
          basis: string
          category_id: string | null
          first_month: number
          id: number
          in_force: string
          per_institution: boolean
          period: string
          rule_id: string
          scope: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_caps_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_caps_rule_id_fkey', columns: ['rule_id'], isOneToOne: false, referencedRelation: 'credit_rules', referencedColumns: ['id'] },
        ]
      }
      credit_checks: {
        Row: {
          began_at: string
          done: Json
          ended_at: string | null
          faults: number | null
          found: Json
          id: number
          legs: number | null
          parts: string[]
          postings: number | null
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      credit_corrections: {
        Row: {
          asked_at: string
          asked_by: string
          asked_person_id: number
          decided_at: string | null
          decided_by: string | null
          decision: string | null
          ground: string
          happened_on: string | null
          id: number
          kind: string
          milli_credits: number | null
          person_id: number
          posted_id: number | null
          reason: string
          rule_id: string | null
          state: string
          target_id: number | null
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_corrections_asked_person_id_fkey', columns: ['asked_person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_corrections_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_corrections_posted_id_fkey', columns: ['posted_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_corrections_rule_id_fkey', columns: ['rule_id'], isOneToOne: false, referencedRelation: 'credit_rules', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_corrections_target_id_fkey', columns: ['target_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_corrections_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      credit_holds: {
        Row: {
          code: string
          ended_at: string | null
          ended_by: string | null
          held_at: string
          id: number
          item_id: number
          person_id: number
          price_milli_credits: number
          price_milli_points: number | null
          status: string
          until: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_holds_item_id_fkey', columns: ['item_id'], isOneToOne: false, referencedRelation: 'credit_items', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_holds_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      credit_items: {
        Row: {
          about: string
          en: string
          hold_days: number
          id: number
          in_stock: number
          kind: string
          offered: boolean
          price_milli_credits: number
          stock_seq: number
          unit_id: number
          zh: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_items_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      credit_learners: {
        Row: {
          head: string
          person_id: number
          seq: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_learners_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      credit_legs: {
        Row: {
          amount: number
          from_account_id: number
          from_after: number | null
          from_seq: number | null
          line: number
          posting_id: number
          to_account_id: number
          to_after: number | null
          to_seq: number | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_legs_from_account_id_fkey', columns: ['from_account_id'], isOneToOne: false, referencedRelation: 'credit_accounts', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_legs_posting_id_fkey', columns: ['posting_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_legs_to_account_id_fkey', columns: ['to_account_id'], isOneToOne: false, referencedRelation: 'credit_accounts', referencedColumns: ['id'] },
        ]
      }
      credit_lot_uses: {
        Row: {
          amount: number
          line: number
          lot_id: number
          posting_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_lot_uses_lot_id_fkey', columns: ['lot_id'], isOneToOne: false, referencedRelation: 'credit_lots', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_lot_uses_posting_id_fkey', columns: ['posting_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
        ]
      }
      credit_lots: {
        Row: {
          account_id: number
          id: number
          last_day: string | null
          milli_points: number
          posting_id: number
          remaining: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_lots_account_id_fkey', columns: ['account_id'], isOneToOne: false, referencedRelation: 'credit_accounts', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_lots_posting_id_fkey', columns: ['posting_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
        ]
      }
      credit_point_terms: {
        Row: {
          entered_at: string
          entered_by: string | null
          id: number
          in_force: string
          months: number | null
          points_per_credit: number
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      credit_point_warnings: {
        Row: {
          last_day: string
          milli_points: number
          person_id: number
          texted_at: string | null
          tries: number
          warned_at: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_point_warnings_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      credit_postings: {
        Row: {
          asked_milli_credits: number | null
          asked_minutes: number | null
          balance_after_milli_credits: number
          cap_uses: Json
          chain: string
          counted_on: string
          granted_to: number | null
          ground: Json | null
          id: number
          key: string
          kind: string
          milli_credits: number
          milli_credits_per_minute: number
          milli_points: number
          minutes: number
          occurred_at: string
          outcome: string
          participation_id: number | null
          person_id: number
          posted_at: string
          posted_by: string | null
          reason: string | null
          request_hash: string
          reverses: number | null
          rule_id: string | null
          rule_version_id: number | null
          seq: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_postings_granted_to_fkey', columns: ['granted_to'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_postings_participation_id_fkey', columns: ['participation_id'], isOneToOne: false, referencedRelation: 'participations', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_postings_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_postings_reverses_fkey', columns: ['reverses'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_postings_rule_id_fkey', columns: ['rule_id'], isOneToOne: false, referencedRelation: 'credit_rules', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_postings_rule_version_id_fkey', columns: ['rule_version_id'], isOneToOne: false, referencedRelation: 'credit_rule_versions', referencedColumns: ['id'] },
        ]
      }
      credit_rerating_learners: {
        Row: {
          after_milli_credits: number
          after_minutes: number
          before_milli_credits: number
          before_minutes: number
          gained_milli_credits: number
          listed: string | null
          person_id: number
          postings: number
          rerating_id: number
          state: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_rerating_learners_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_rerating_learners_rerating_id_fkey', columns: ['rerating_id'], isOneToOne: false, referencedRelation: 'credit_reratings', referencedColumns: ['id'] },
        ]
      }
      credit_rerating_lines: {
        Row: {
          person_id: number
          posting_id: number
          rerating_id: number
          reversal_id: number
          target_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_rerating_lines_posting_id_fkey', columns: ['posting_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_rerating_lines_rerating_id_fkey', columns: ['rerating_id'], isOneToOne: false, referencedRelation: 'credit_reratings', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_rerating_lines_rerating_id_person_id_fkey', columns: ['rerating_id', 'person_id'], isOneToOne: false, referencedRelation: 'credit_rerating_learners', referencedColumns: ['rerating_id', 'person_id'] },
          { foreignKeyName: 'credit_rerating_lines_reversal_id_fkey', columns: ['reversal_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_rerating_lines_target_id_fkey', columns: ['target_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
        ]
      }
      credit_reratings: {
        Row: {
          asked_at: string
          asked_by: string
          asked_person_id: number
          basis: string | null
          cap_amount: number | null
          cap_basis: string | null
          cap_category_id: string | null
          cap_first_month: number | null
          cap_per_institution: boolean
          cap_period: string | null
          cap_scope: string
          counted_at: string | null
          decided_at: string | null
          decided_by: string | null
          ended_at: string | null
          id: number
          kind: string
          learners: number | null
          milli_credits: number | null
          per_minutes: number | null
          period: string
          person_id: number | null
          reason: string
          rule_id: string
          stamp: string | null
          state: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_reratings_asked_person_id_fkey', columns: ['asked_person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_reratings_cap_category_id_fkey', columns: ['cap_category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_reratings_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_reratings_rule_id_fkey', columns: ['rule_id'], isOneToOne: false, referencedRelation: 'credit_rules', referencedColumns: ['id'] },
        ]
      }
      credit_rule_history: {
        Row: {
          cap_id: number | null
          id: number
          in_force: string
          rerating_id: number
          rule_version_id: number | null
          until: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_rule_history_cap_id_fkey', columns: ['cap_id'], isOneToOne: false, referencedRelation: 'credit_caps', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_rule_history_rerating_id_fkey', columns: ['rerating_id'], isOneToOne: false, referencedRelation: 'credit_reratings', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_rule_history_rule_version_id_fkey', columns: ['rule_version_id'], isOneToOne: false, referencedRelation: 'credit_rule_versions', referencedColumns: ['id'] },
        ]
      }
      credit_rule_totals: {
        Row: {
          milli_credits: number
          minutes: number
          person_id: number
          rule_version_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_rule_totals_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_rule_totals_rule_version_id_fkey', columns: ['rule_version_id'], isOneToOne: false, referencedRelation: 'credit_rule_versions', referencedColumns: ['id'] },
        ]
      }
      credit_rule_versions: {
        Row: {
          basis: string
          entered_at: string
          entered_by: string | null
          id: number
          in_force: string
          milli_credits: number
          per_minutes: number | null
          rule_id: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_rule_versions_rule_id_fkey', columns: ['rule_id'], isOneToOne: false, referencedRelation: 'credit_rules', referencedColumns: ['id'] },
        ]
      }
      credit_rules: {
        Row: {
          added_at: string | null
          en: string
          ground: string
          id: string
          zh: string
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      credit_seal_paths: {
        Row: {
          path: string[]
          person_id: number
          place: number
          seal_id: number
          seq: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_seal_paths_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_seal_paths_seal_id_fkey', columns: ['seal_id'], isOneToOne: false, referencedRelation: 'credit_seals', referencedColumns: ['id'] },
        ]
      }
      credit_seals: {
        Row: {
          id: number
          learners: number
          public_key: string
          root: string
          sealed_at: string
          signature: string
          statement: string
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      credit_statements: {
        Row: {
          chain_seq: number
          closing_milli_credits: number
          earned_milli_credits: number
          from_seq: number
          head: string
          issued_at: string
          minutes: number
          moved_milli_credits: number
          opening_milli_credits: number
          person_id: number
          taken_milli_credits: number
          to_seq: number
          year_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_statements_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_statements_year_id_fkey', columns: ['year_id'], isOneToOne: false, referencedRelation: 'credit_years', referencedColumns: ['id'] },
        ]
      }
      credit_stock_moves: {
        Row: {
          after: number
          amount: number
          hold_id: number | null
          item_id: number
          moved_at: string
          moved_by: string | null
          seq: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'credit_stock_moves_hold_id_fkey', columns: ['hold_id'], isOneToOne: false, referencedRelation: 'credit_holds', referencedColumns: ['id'] },
          { foreignKeyName: 'credit_stock_moves_item_id_fkey', columns: ['item_id'], isOneToOne: false, referencedRelation: 'credit_items', referencedColumns: ['id'] },
        ]
      }
      credit_years: {
        Row: {
          begun_at: string
          closed_at: string | null
          done: number
          done_through: number
          ends_on: string
          id: number
          learners: number
          starts_on: string
          statements: number
          worked_at: string
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      days_off: {
        Row: {
          days: string
          en: string | null
          id: number
          is_off: boolean
          year: number
          zh: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'days_off_year_fkey', columns: ['year'], isOneToOne: false, referencedRelation: 'days_off_years', referencedColumns: ['year'] },
        ]
      }
      days_off_years: {
        Row: {
          entered_at: string
          entered_by: string | null
          notice: string
          version: number
          year: number
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      distinct_persons: {
        Row: {
          at: string
          by_account: string | null
          one_id: number
          other_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'distinct_persons_one_id_fkey', columns: ['one_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'distinct_persons_other_id_fkey', columns: ['other_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      door_seats: {
        Row: {
          at: string
          by_account: string | null
          extra: boolean
          given_back_at: string | null
          id: number
          person_id: number
          reason: string | null
          session_id: number
          signup_id: number | null
          was: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'door_seats_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'door_seats_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
          { foreignKeyName: 'door_seats_signup_id_fkey', columns: ['signup_id'], isOneToOne: false, referencedRelation: 'signups', referencedColumns: ['id'] },
        ]
      }
      draw_entries: {
        Row: {
          number: number
          outcome: string | null
          party_id: number
          place: number | null
          pool_id: number
          rank: number | null
          size: number | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'draw_entries_party_id_fkey', columns: ['party_id'], isOneToOne: false, referencedRelation: 'signups', referencedColumns: ['id'] },
          { foreignKeyName: 'draw_entries_pool_id_fkey', columns: ['pool_id'], isOneToOne: false, referencedRelation: 'draws', referencedColumns: ['pool_id'] },
        ]
      }
      draws: {
        Row: {
          algorithm: string
          committed_at: string
          drawn_at: string | null
          drawn_by: string | null
          entrants: number
          pool_id: number
          seats: number | null
          seed: string | null
          seed_hash: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'draws_pool_id_fkey', columns: ['pool_id'], isOneToOne: false, referencedRelation: 'seat_pools', referencedColumns: ['id'] },
        ]
      }
      enrolments: {
        Row: {
          completed_at: string | null
          course_id: number
          enrolled_at: string
          person_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'enrolments_course_id_fkey', columns: ['course_id'], isOneToOne: false, referencedRelation: 'courses', referencedColumns: ['id'] },
          { foreignKeyName: 'enrolments_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      guardians: {
        Row: {
          child_id: number
          consent: boolean
          entered_at: string
          entered_by: string | null
          guardian_id: number
          id: number
          relation: string
          valid_from: string
          valid_to: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'guardians_child_id_fkey', columns: ['child_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'guardians_guardian_id_fkey', columns: ['guardian_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      head_counts: {
        Row: {
          category_id: string
          corrects: number | null
          delivering_department: string | null
          ended_at: string
          entered_at: string
          entered_by: string
          host_unit_id: number
          id: number
          kind: string
          note: string
          persons: number
          session_id: number | null
          started_at: string
          title: string
          year: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'head_counts_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'head_counts_corrects_fkey', columns: ['corrects'], isOneToOne: false, referencedRelation: 'head_counts', referencedColumns: ['id'] },
          { foreignKeyName: 'head_counts_host_unit_id_fkey', columns: ['host_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'head_counts_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
        ]
      }
      helpers: {
        Row: {
          asked_at: string
          asked_by: string | null
          consent: string | null
          consent_at: string | null
          consent_by: string | null
          ended_at: string | null
          ended_by: string | null
          helper_id: number
          id: number
          person_id: number
          relation: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'helpers_helper_id_fkey', columns: ['helper_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'helpers_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      honour_board: {
        Row: {
          consent_id: number
          name: string
          rank: number
          reached_on: string
          scheme_id: number
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'honour_board_consent_id_fkey', columns: ['consent_id'], isOneToOne: false, referencedRelation: 'honour_consents', referencedColumns: ['id'] },
          { foreignKeyName: 'honour_board_scheme_id_rank_fkey', columns: ['scheme_id', 'rank'], isOneToOne: false, referencedRelation: 'honour_levels', referencedColumns: ['scheme_id', 'rank'] },
          { foreignKeyName: 'honour_board_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      honour_consents: {
        Row: {
          given_at: string
          id: number
          person_id: number
          withdrawn_at: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'honour_consents_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      honour_events: {
        Row: {
          at: string
          id: number
          kind: string
          milli_credits: number
          person_id: number
          rank: number
          scheme_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'honour_events_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'honour_events_scheme_id_rank_fkey', columns: ['scheme_id', 'rank'], isOneToOne: false, referencedRelation: 'honour_levels', referencedColumns: ['scheme_id', 'rank'] },
        ]
      }
      honour_levels: {
        Row: {
          en: string
          milli_credits: number
          rank: number
          scheme_id: number
          zh: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'honour_levels_scheme_id_fkey', columns: ['scheme_id'], isOneToOne: false, referencedRelation: 'honour_schemes', referencedColumns: ['id'] },
        ]
      }
      honour_minima: {
        Row: {
          category_id: string
          milli_credits: number
          rank: number
          scheme_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'honour_minima_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'honour_minima_scheme_id_rank_fkey', columns: ['scheme_id', 'rank'], isOneToOne: false, referencedRelation: 'honour_levels', referencedColumns: ['scheme_id', 'rank'] },
        ]
      }
      honour_schemes: {
        Row: {
          entered_at: string
          entered_by: string | null
          id: number
          in_force: string
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      honours: {
        Row: {
          judged_by: number | null
          milli_credits: number
          person_id: number
          rank: number | null
          reached_at: string | null
          scheme_id: number | null
          seq: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'honours_judged_by_fkey', columns: ['judged_by'], isOneToOne: false, referencedRelation: 'honour_schemes', referencedColumns: ['id'] },
          { foreignKeyName: 'honours_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'honours_scheme_id_rank_fkey', columns: ['scheme_id', 'rank'], isOneToOne: false, referencedRelation: 'honour_levels', referencedColumns: ['scheme_id', 'rank'] },
        ]
      }
      imports: {
        Row: {
          applied_at: string | null
          checked_at: string | null
          columns: Json
          counts: Json
          created_at: string
          created_by: string
          credited_to: number | null
          encoding: string | null
          file_bytes: number
          file_name: string
          file_sha256: string
          fixed: Json
          folder: string
          format: string
          good_only: boolean | null
          heading_line: number
          headings: string[]
          id: number
          kind: string
          problem: Json | null
          register_persons: boolean
          result: Json | null
          sheet: string | null
          state: string
          taken_back_at: string | null
          taken_back_by: string | null
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'imports_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      lecturer_absences: {
        Row: {
          days: string
          entered_at: string
          entered_by: string | null
          id: number
          lecturer_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'lecturer_absences_lecturer_id_fkey', columns: ['lecturer_id'], isOneToOne: false, referencedRelation: 'lecturers', referencedColumns: ['id'] },
        ]
      }
      lecturer_bookings: {
        Row: {
          activity_id: number | null
          asked_at: string
          asked_by: string | null
          decided_at: string | null
          during: string
          for_unit_id: number
          id: number
          is_outside: boolean
          lecturer_id: number
          listeners: number | null
          place: string
          reason: string | null
          status: string
          topic: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'lecturer_bookings_activity_id_fkey', columns: ['activity_id'], isOneToOne: false, referencedRelation: 'activities', referencedColumns: ['id'] },
          { foreignKeyName: 'lecturer_bookings_for_unit_id_fkey', columns: ['for_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'lecturer_bookings_lecturer_id_fkey', columns: ['lecturer_id'], isOneToOne: false, referencedRelation: 'lecturers', referencedColumns: ['id'] },
        ]
      }
      lecturer_photos: {
        Row: {
          agreed_at: string
          entered_by: string | null
          image: string
          lecturer_id: number
          sha256: string
          type: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'lecturer_photos_lecturer_id_fkey', columns: ['lecturer_id'], isOneToOne: false, referencedRelation: 'lecturers', referencedColumns: ['id'] },
        ]
      }
      lecturers: {
        Row: {
          availability: string
          categories: string[]
          ended_on: string | null
          entered_at: string
          entered_by: string | null
          id: number
          listed_at: string | null
          name: string
          name_key: string
          phone: string | null
          times: string[]
          title: string
          topics: string
          unit_id: number
          version: number
          workplace: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'lecturers_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      lesson_completions: {
        Row: {
          completed_at: string
          grounds: Json
          lesson_id: number
          person_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'lesson_completions_lesson_id_fkey', columns: ['lesson_id'], isOneToOne: false, referencedRelation: 'lessons', referencedColumns: ['id'] },
          { foreignKeyName: 'lesson_completions_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      lesson_progress: {
        Row: {
          lesson_id: number
          media_id: number
          person_id: number
          position_ms: number
          study_ms: number
          updated_at: string
          watched: string
          watched_ms: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'lesson_progress_lesson_id_fkey', columns: ['lesson_id'], isOneToOne: false, referencedRelation: 'lessons', referencedColumns: ['id'] },
          { foreignKeyName: 'lesson_progress_media_id_fkey', columns: ['media_id'], isOneToOne: false, referencedRelation: 'media', referencedColumns: ['id'] },
          { foreignKeyName: 'lesson_progress_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      lessons: {
        Row: {
          body_html: string
          body_length: number
          course_id: number
          id: number
          kind: string
          media_id: number | null
          minutes: number
          position: number
          slug: string
          status: string
          summary: string
          title: string
          watched_share: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'lessons_course_id_fkey', columns: ['course_id'], isOneToOne: false, referencedRelation: 'courses', referencedColumns: ['id'] },
          { foreignKeyName: 'lessons_media_id_fkey', columns: ['media_id'], isOneToOne: false, referencedRelation: 'media', referencedColumns: ['id'] },
        ]
      }
      media: {
        Row: {
          bytes: number
          captions_sha256: string | null
          created_at: string
          duration_ms: number
          height: number | null
          id: number
          mime_type: string
          poster_sha256: string | null
          sha256: string
          width: number | null
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      metric_slices: {
        Row: {
          band: string | null
          code: string
          group_bit: number
          group_id: string | null
          id: number
          kind: string
          sex: string | null
          trait_bit: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'metric_slices_group_id_fkey', columns: ['group_id'], isOneToOne: false, referencedRelation: 'population_groups', referencedColumns: ['id'] },
        ]
      }
      metric_views: {
        Row: {
          category_id: string | null
          code: string
          id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'metric_views_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
        ]
      }
      no_show_cases: {
        Row: {
          answer: string | null
          answered_at: string | null
          answered_by: string | null
          asked_at: string | null
          asked_by: string | null
          note: string | null
          person_id: number
          reason: string
          session_id: number
          state: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'no_show_cases_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'no_show_cases_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
        ]
      }
      no_show_rules: {
        Row: {
          effect: string
          effect_days: number
          entered_at: string
          entered_by: string | null
          from_day: string
          id: number
          most: number
          window_days: number
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      notices: {
        Row: {
          activity_id: number | null
          application_id: number | null
          at: string
          booking_id: number | null
          case_id: number | null
          credential_id: number | null
          details: Json
          hold_id: number | null
          id: number
          kind: string
          person_id: number
          read_at: string | null
          session_id: number | null
          shift_id: number | null
          signup_id: number | null
          texted_at: string | null
          tries: number
          volunteer_id: number | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'notices_activity_id_fkey', columns: ['activity_id'], isOneToOne: false, referencedRelation: 'activities', referencedColumns: ['id'] },
          { foreignKeyName: 'notices_application_id_fkey', columns: ['application_id'], isOneToOne: false, referencedRelation: 'credit_applications', referencedColumns: ['id'] },
          { foreignKeyName: 'notices_booking_id_fkey', columns: ['booking_id'], isOneToOne: false, referencedRelation: 'venue_bookings', referencedColumns: ['id'] },
          { foreignKeyName: 'notices_case_id_fkey', columns: ['case_id'], isOneToOne: false, referencedRelation: 'recognition_cases', referencedColumns: ['id'] },
          { foreignKeyName: 'notices_credential_id_fkey', columns: ['credential_id'], isOneToOne: false, referencedRelation: 'credentials', referencedColumns: ['id'] },
          { foreignKeyName: 'notices_hold_id_fkey', columns: ['hold_id'], isOneToOne: false, referencedRelation: 'credit_holds', referencedColumns: ['id'] },
          { foreignKeyName: 'notices_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'notices_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
          { foreignKeyName: 'notices_shift_id_fkey', columns: ['shift_id'], isOneToOne: false, referencedRelation: 'service_shifts', referencedColumns: ['id'] },
          { foreignKeyName: 'notices_signup_id_fkey', columns: ['signup_id'], isOneToOne: false, referencedRelation: 'signups', referencedColumns: ['id'] },
          { foreignKeyName: 'notices_volunteer_id_fkey', columns: ['volunteer_id'], isOneToOne: false, referencedRelation: 'volunteers', referencedColumns: ['id'] },
        ]
      }
      participations: {
        Row: {
          area: string | null
          birth_year: number | null
          category_id: string | null
          channel: string
          confirmed_by: string | null
          corrects: number | null
          course_id: number | null
          delivering_department: string | null
          employment: string | null
          ended_at: string
          entered_at: string
          entered_by: string | null
          entry_source: string
          evidence_ids: number[]
          fee_fen: number
          for_profit: boolean
          form: string | null
          groups: string[]
          guardian_consent: boolean | null
          guardian_id: number | null
          host_unit_id: number | null
          hours: number
          id: number
          import_id: number | null
          in_vacation: boolean
          key: string
          kind: string
          lesson_id: number | null
          organised: boolean
          person_id: number
          person_role: string | null
          programme: string | null
          residence_unit_id: number
          role: string
          sex: string | null
          sign_in_method: string | null
          started_at: string
          status: string
          venue_id: number | null
          with_guardian: boolean
          year: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'participations_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'participations_corrects_fkey', columns: ['corrects'], isOneToOne: false, referencedRelation: 'participations', referencedColumns: ['id'] },
          { foreignKeyName: 'participations_course_id_fkey', columns: ['course_id'], isOneToOne: false, referencedRelation: 'courses', referencedColumns: ['id'] },
          { foreignKeyName: 'participations_guardian_id_fkey', columns: ['guardian_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'participations_host_unit_id_fkey', columns: ['host_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'participations_lesson_id_fkey', columns: ['lesson_id'], isOneToOne: false, referencedRelation: 'lessons', referencedColumns: ['id'] },
          { foreignKeyName: 'participations_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'participations_residence_unit_id_fkey', columns: ['residence_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'participations_venue_id_fkey', columns: ['venue_id'], isOneToOne: false, referencedRelation: 'venues', referencedColumns: ['id'] },
        ]
      }
      person_cards: {
        Row: {
          issued_at: string
          issued_by: string | null
          number: string
          person_id: number
          revoked_at: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'person_cards_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      person_departures: {
        Row: {
          ended_ties: Json
          entered_at: string
          entered_by: string
          id: number
          left_on: string
          note: string | null
          person_id: number
          reason: string
          undone_at: string | null
          undone_by: string | null
          undone_reason: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'person_departures_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      person_groups: {
        Row: {
          entered_at: string
          entered_by: string | null
          group_id: string
          person_id: number
          proof_seen: boolean
          source: string
          valid_from: string
          valid_to: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'person_groups_group_id_fkey', columns: ['group_id'], isOneToOne: false, referencedRelation: 'population_groups', referencedColumns: ['id'] },
          { foreignKeyName: 'person_groups_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      person_merges: {
        Row: {
          at: string
          by_account: string | null
          id: number
          kept_id: number
          merged_id: number
          reason: string
          undone_at: string | null
          undone_by: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'person_merges_kept_id_fkey', columns: ['kept_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'person_merges_merged_id_fkey', columns: ['merged_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      person_moves: {
        Row: {
          entered_at: string
          entered_by: string | null
          from_unit_id: number
          id: number
          moved_on: string
          person_id: number
          to_unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'person_moves_from_unit_id_fkey', columns: ['from_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'person_moves_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'person_moves_to_unit_id_fkey', columns: ['to_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      persons: {
        Row: {
          birth_year: number | null
          counts_as: number | null
          created_at: string
          created_by: string | null
          id: number
          initials: string | null
          merged_into: number | null
          name: string
          pinyin: string | null
          residence_unit_id: number
          sex: string | null
          updated_at: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'persons_counts_as_fkey', columns: ['counts_as'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'persons_merged_into_fkey', columns: ['merged_into'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'persons_residence_unit_id_fkey', columns: ['residence_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      population_groups: {
        Row: {
          ages: string | null
          en: string
          id: string
          is_sensitive: boolean
          plain_en: string | null
          plain_zh: string | null
          position: number
          zh: string
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      population_versions: {
        Row: {
          area: string
          as_of: string
          count: number | null
          decided_at: string | null
          decided_by: string | null
          entered_at: string
          entered_by: string | null
          group_id: string
          id: number
          reason: string | null
          source: string
          status: string
          unit_id: number
          year: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'population_versions_group_id_fkey', columns: ['group_id'], isOneToOne: false, referencedRelation: 'population_groups', referencedColumns: ['id'] },
          { foreignKeyName: 'population_versions_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      populations: {
        Row: {
          approved_by: string | null
          area: string
          as_of: string
          count: number
          entered_at: string
          entered_by: string | null
          group_id: string
          source: string
          status: string
          unit_id: number
          version_id: number | null
          year: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'populations_group_id_fkey', columns: ['group_id'], isOneToOne: false, referencedRelation: 'population_groups', referencedColumns: ['id'] },
          { foreignKeyName: 'populations_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'populations_version_id_fkey', columns: ['version_id'], isOneToOne: false, referencedRelation: 'population_versions', referencedColumns: ['id'] },
        ]
      }
      post_places: {
        Row: {
          post_id: number
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'post_places_post_id_fkey', columns: ['post_id'], isOneToOne: false, referencedRelation: 'posts', referencedColumns: ['id'] },
          { foreignKeyName: 'post_places_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      post_roles: {
        Row: {
          en: string
          id: string
          is_staff: boolean
          sights: string[]
          zh: string
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      posts: {
        Row: {
          employment: string | null
          id: number
          person_id: number
          role_id: string
          unit_id: number
          valid_from: string
          valid_to: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'posts_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'posts_role_id_fkey', columns: ['role_id'], isOneToOne: false, referencedRelation: 'post_roles', referencedColumns: ['id'] },
          { foreignKeyName: 'posts_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      public_figures: {
        Row: {
          group_id: string
          people: number
          population: number | null
          unit_id: number
          week: string
          year: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'public_figures_group_id_fkey', columns: ['group_id'], isOneToOne: false, referencedRelation: 'population_groups', referencedColumns: ['id'] },
          { foreignKeyName: 'public_figures_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      range_figure_cells: {
        Row: {
          person_times: number
          persons: number
          range_id: number
          seconds: number
          slice_id: number
          unit_id: number
          view_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'range_figure_cells_range_id_fkey', columns: ['range_id'], isOneToOne: false, referencedRelation: 'range_figures', referencedColumns: ['id'] },
          { foreignKeyName: 'range_figure_cells_slice_id_fkey', columns: ['slice_id'], isOneToOne: false, referencedRelation: 'metric_slices', referencedColumns: ['id'] },
          { foreignKeyName: 'range_figure_cells_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'range_figure_cells_view_id_fkey', columns: ['view_id'], isOneToOne: false, referencedRelation: 'metric_views', referencedColumns: ['id'] },
        ]
      }
      range_figures: {
        Row: {
          asked_at: string
          asked_by: string
          asked_person_id: number
          counted_at: string | null
          done: number
          from_day: string
          homes: number | null
          id: number
          state: string
          unit_id: number
          until_day: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'range_figures_asked_person_id_fkey', columns: ['asked_person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'range_figures_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      readings: {
        Row: {
          finished_at: string | null
          lesson_id: number
          opened_at: string
          person_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'readings_lesson_id_fkey', columns: ['lesson_id'], isOneToOne: false, referencedRelation: 'lessons', referencedColumns: ['id'] },
          { foreignKeyName: 'readings_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      recognition_bodies: {
        Row: {
          en: string
          entered_at: string
          entered_by: string | null
          id: number
          name_key: string
          zh: string
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      recognition_cases: {
        Row: {
          body: string
          body_key: string
          category_id: string | null
          decided_at: string | null
          double_reason: string | null
          ended_at: string | null
          hours: number | null
          id: number
          issued_on: string
          level: string
          milli_credits: number | null
          number: string | null
          number_key: string | null
          person_id: number
          posting_id: number | null
          reason: string | null
          round: number
          state: string
          submitted_at: string
          title: string
          title_key: string
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'recognition_cases_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'recognition_cases_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'recognition_cases_posting_id_fkey', columns: ['posting_id'], isOneToOne: false, referencedRelation: 'credit_postings', referencedColumns: ['id'] },
          { foreignKeyName: 'recognition_cases_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      recognition_doubts: {
        Row: {
          agrees: boolean | null
          asked_at: string
          asked_by: string | null
          asked_person_id: number
          case_id: number
          decided_at: string | null
          decided_by: string | null
          decided_person_id: number | null
          decision: string | null
          id: number
          reason: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'recognition_doubts_asked_person_id_fkey', columns: ['asked_person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'recognition_doubts_case_id_fkey', columns: ['case_id'], isOneToOne: false, referencedRelation: 'recognition_cases', referencedColumns: ['id'] },
          { foreignKeyName: 'recognition_doubts_decided_person_id_fkey', columns: ['decided_person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      recognition_events: {
        Row: {
          at: string
          by_account: string | null
          case_id: number
          id: number
          note: string | null
          what: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'recognition_events_case_id_fkey', columns: ['case_id'], isOneToOne: false, referencedRelation: 'recognition_cases', referencedColumns: ['id'] },
        ]
      }
      recognition_pairs: {
        Row: {
          body_id: number
          category_id: string
          entered_at: string
          entered_by: string | null
          id: number
          in_force: string
          level: string
          milli_credits: number
          title_words: string
          words_key: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'recognition_pairs_body_id_fkey', columns: ['body_id'], isOneToOne: false, referencedRelation: 'recognition_bodies', referencedColumns: ['id'] },
          { foreignKeyName: 'recognition_pairs_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
        ]
      }
      recognition_reviews: {
        Row: {
          accepts: boolean
          at: string
          by_account: string | null
          case_id: number
          category_id: string | null
          decides: boolean
          double_reason: string | null
          milli_credits: number | null
          person_id: number
          reason: string
          round: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'recognition_reviews_case_id_fkey', columns: ['case_id'], isOneToOne: false, referencedRelation: 'recognition_cases', referencedColumns: ['id'] },
          { foreignKeyName: 'recognition_reviews_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'recognition_reviews_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
      record_requests: {
        Row: {
          answer: string | null
          answered_at: string | null
          answered_by: string | null
          asked_at: string
          by_account: string | null
          due_on: string
          id: number
          kind: string
          outcome: string | null
          person_id: number
          session_id: number
          words: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'record_requests_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'record_requests_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
        ]
      }
      report_acts: {
        Row: {
          account_id: string
          act: string
          at: string
          id: number
          period_id: number
          reason: string | null
          unit_id: number
          version: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'report_acts_period_id_unit_id_fkey', columns: ['period_id', 'unit_id'], isOneToOne: false, referencedRelation: 'reports', referencedColumns: ['period_id', 'unit_id'] },
        ]
      }
      report_figures: {
        Row: {
          code: string
          denominator: number | null
          denominator_as_of: string | null
          denominator_source: string | null
          denominator_version: number | null
          missing_count: number
          missing_names: string[]
          period_id: number
          position: number
          unit_id: number
          value: number
          version: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'report_figures_denominator_version_fkey', columns: ['denominator_version'], isOneToOne: false, referencedRelation: 'population_versions', referencedColumns: ['id'] },
          { foreignKeyName: 'report_figures_period_id_unit_id_version_fkey', columns: ['period_id', 'unit_id', 'version'], isOneToOne: false, referencedRelation: 'report_snapshots', referencedColumns: ['period_id', 'unit_id', 'version'] },
        ]
      }
      report_reminders: {
        Row: {
          at: string
          by_text: boolean
          period_id: number
          step: string
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'report_reminders_period_id_fkey', columns: ['period_id'], isOneToOne: false, referencedRelation: 'reporting_periods', referencedColumns: ['id'] },
          { foreignKeyName: 'report_reminders_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      report_snapshots: {
        Row: {
          exception: string | null
          handed_in_at: string
          handed_in_by: string
          is_late: boolean
          period_id: number
          tree_version: string
          unit_id: number
          units_below: number
          version: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'report_snapshots_period_id_unit_id_fkey', columns: ['period_id', 'unit_id'], isOneToOne: false, referencedRelation: 'reports', referencedColumns: ['period_id', 'unit_id'] },
        ]
      }
      reporting_periods: {
        Row: {
          due_on: string
          ends_on: string
          id: number
          levels: string[]
          opened_at: string
          opened_by: string | null
          part: string
          starts_on: string
          year: number
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      reports: {
        Row: {
          period_id: number
          state: string
          unit_id: number
          version: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'reports_period_id_fkey', columns: ['period_id'], isOneToOne: false, referencedRelation: 'reporting_periods', referencedColumns: ['id'] },
          { foreignKeyName: 'reports_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      seat_pools: {
        Row: {
          activity_id: number
          capacity: number
          held: number
          id: number
          session_id: number | null
          taken: number
          waiting: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'seat_pools_activity_id_fkey', columns: ['activity_id'], isOneToOne: false, referencedRelation: 'activities', referencedColumns: ['id'] },
          { foreignKeyName: 'seat_pools_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
        ]
      }
      service_backfills: {
        Row: {
          agrees: boolean | null
          answer: string | null
          asked_at: string
          asked_by: string
          decided_at: string | null
          decided_by: string | null
          ends_at: string
          id: number
          place_id: number
          reason: string
          starts_at: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'service_backfills_place_id_fkey', columns: ['place_id'], isOneToOne: false, referencedRelation: 'service_places', referencedColumns: ['id'] },
        ]
      }
      service_certificates: {
        Row: {
          credential_id: number
          from_day: string
          number: number
          until_day: string
          year: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'service_certificates_credential_id_fkey', columns: ['credential_id'], isOneToOne: false, referencedRelation: 'credentials', referencedColumns: ['id'] },
        ]
      }
      service_checks: {
        Row: {
          at: string
          by_account: string | null
          id: number
          place_id: number
          proof: string
          reason: string | null
          received_at: string
          what: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'service_checks_place_id_fkey', columns: ['place_id'], isOneToOne: false, referencedRelation: 'service_places', referencedColumns: ['id'] },
        ]
      }
      service_disputes: {
        Row: {
          answer: string | null
          answered_at: string | null
          answered_by: string | null
          asked_at: string
          due_on: string
          id: number
          outcome: string | null
          person_id: number
          place_id: number
          words: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'service_disputes_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'service_disputes_place_id_fkey', columns: ['place_id'], isOneToOne: false, referencedRelation: 'service_places', referencedColumns: ['id'] },
        ]
      }
      service_opportunities: {
        Row: {
          about: string
          activity_id: number | null
          cancel_reason: string | null
          cancelled_at: string | null
          category_id: string
          code: string
          contact_phone: string | null
          entered_at: string
          entered_by: string | null
          id: number
          published_at: string | null
          role: string
          team_id: number | null
          title: string
          unit_id: number
          venue: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'service_opportunities_activity_id_fkey', columns: ['activity_id'], isOneToOne: false, referencedRelation: 'activities', referencedColumns: ['id'] },
          { foreignKeyName: 'service_opportunities_category_id_fkey', columns: ['category_id'], isOneToOne: false, referencedRelation: 'categories', referencedColumns: ['id'] },
          { foreignKeyName: 'service_opportunities_team_id_fkey', columns: ['team_id'], isOneToOne: false, referencedRelation: 'volunteer_teams', referencedColumns: ['id'] },
          { foreignKeyName: 'service_opportunities_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      service_places: {
        Row: {
          at: string
          by_account: string | null
          confirmed_from: string | null
          confirmed_to: string | null
          ended_at: string | null
          id: number
          person_id: number
          proof: string | null
          shift_id: number
          status: string
          withdrawn_at: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'service_places_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'service_places_shift_id_fkey', columns: ['shift_id'], isOneToOne: false, referencedRelation: 'service_shifts', referencedColumns: ['id'] },
        ]
      }
      service_records: {
        Row: {
          at: string
          by_account: string | null
          cap_minutes: number
          class_minutes: number
          corrects: number | null
          ended_at: string
          id: number
          kind: string
          minutes: number
          overlap_minutes: number
          participation_id: number | null
          person_id: number
          place_id: number
          proof: string
          reason: string | null
          rest_minutes: number
          started_at: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'service_records_corrects_fkey', columns: ['corrects'], isOneToOne: false, referencedRelation: 'service_records', referencedColumns: ['id'] },
          { foreignKeyName: 'service_records_participation_id_fkey', columns: ['participation_id'], isOneToOne: false, referencedRelation: 'participations', referencedColumns: ['id'] },
          { foreignKeyName: 'service_records_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'service_records_place_id_fkey', columns: ['place_id'], isOneToOne: false, referencedRelation: 'service_places', referencedColumns: ['id'] },
        ]
      }
      service_shifts: {
        Row: {
          cancel_reason: string | null
          cancelled_at: string | null
          capacity: number
          ends_at: string
          id: number
          opportunity_id: number
          secret: string
          session_id: number | null
          starts_at: string
          taken: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'service_shifts_opportunity_id_fkey', columns: ['opportunity_id'], isOneToOne: false, referencedRelation: 'service_opportunities', referencedColumns: ['id'] },
          { foreignKeyName: 'service_shifts_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
        ]
      }
      session_feedback: {
        Row: {
          again: number
          by_staff: boolean
          changed_at: string | null
          given_at: string
          person_id: number
          satisfied: number
          session_id: number
          useful: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'session_feedback_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'session_feedback_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
        ]
      }
      session_leaves: {
        Row: {
          at: string
          session_id: number
          signup_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'session_leaves_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
          { foreignKeyName: 'session_leaves_signup_id_fkey', columns: ['signup_id'], isOneToOne: false, referencedRelation: 'signups', referencedColumns: ['id'] },
        ]
      }
      session_materials: {
        Row: {
          body: string | null
          caption: string | null
          decided_at: string | null
          decided_by: string | null
          entered_at: string
          event_on: string
          id: number
          kind: string
          made_on: string
          minors_agreed: string | null
          origin: string
          original_at: string | null
          people_agreed: string | null
          returned_reason: string | null
          session_id: number
          status: string
          unit_id: number
          uploaded_by: string | null
          withdrawn_at: string | null
          withdrawn_reason: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'session_materials_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
          { foreignKeyName: 'session_materials_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      session_records: {
        Row: {
          participation_id: number
          person_id: number
          session_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'session_records_participation_id_fkey', columns: ['participation_id'], isOneToOne: false, referencedRelation: 'participations', referencedColumns: ['id'] },
          { foreignKeyName: 'session_records_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'session_records_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
        ]
      }
      sign_in_rules: {
        Row: {
          changed_at: string | null
          changed_by: string | null
          factor_roles: string[]
          is_only: boolean
          password_days: number
          passwords_kept: number
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      signup_events: {
        Row: {
          at: string
          by_account: string | null
          id: number
          reason: string | null
          signup_id: number
          what: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'signup_events_signup_id_fkey', columns: ['signup_id'], isOneToOne: false, referencedRelation: 'signups', referencedColumns: ['id'] },
        ]
      }
      signups: {
        Row: {
          asked_at: string
          by_account: string | null
          consent: string | null
          end_reason: string | null
          ended_at: string | null
          for_other: string | null
          id: number
          instead_of: number | null
          line: number
          offer_ends_at: string | null
          party_id: number
          person_id: number
          pool_id: number
          priority: number
          priority_reason: string | null
          status: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'signups_instead_of_fkey', columns: ['instead_of'], isOneToOne: false, referencedRelation: 'signups', referencedColumns: ['id'] },
          { foreignKeyName: 'signups_party_id_fkey', columns: ['party_id'], isOneToOne: false, referencedRelation: 'signups', referencedColumns: ['id'] },
          { foreignKeyName: 'signups_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'signups_pool_id_fkey', columns: ['pool_id'], isOneToOne: false, referencedRelation: 'seat_pools', referencedColumns: ['id'] },
        ]
      }
      unit_kinds: {
        Row: {
          en: string
          id: string
          nature: string
          zh: string
        }
        Insert: never
        Update: never
        Relationships: [

        ]
      }
      unit_paths: {
        Row: {
          ancestors: number[]
          unit_id: number
          years: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'unit_paths_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      unit_plans: {
        Row: {
          act: string
          arguments: Json
          due_on: string
          id: number
          planned_at: string
          planned_by: string
          refusal: string | null
          settled_at: string | null
          status: string
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'unit_plans_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      unit_versions: {
        Row: {
          act: string
          address: string | null
          area: string | null
          closed_on: string | null
          computers: number | null
          contact_phone: string | null
          contact_role_id: string | null
          further_kinds: string[]
          host_body: string | null
          id: number
          kind_id: string
          level: string
          local_name: string | null
          merged_into_id: number | null
          name: string
          opened_on: string | null
          parent_id: number | null
          plaque_photo: string | null
          recorded_at: string
          recorded_by: string | null
          rooms: number | null
          should_build: boolean
          standard_met: boolean | null
          summary: string | null
          superseded_at: string | null
          unit_id: number
          valid: string
          zone_level: string | null
          zone_status: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'unit_versions_contact_role_id_fkey', columns: ['contact_role_id'], isOneToOne: false, referencedRelation: 'post_roles', referencedColumns: ['id'] },
          { foreignKeyName: 'unit_versions_kind_id_fkey', columns: ['kind_id'], isOneToOne: false, referencedRelation: 'unit_kinds', referencedColumns: ['id'] },
          { foreignKeyName: 'unit_versions_merged_into_id_fkey', columns: ['merged_into_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'unit_versions_parent_id_fkey', columns: ['parent_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'unit_versions_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      units: {
        Row: {
          address: string | null
          area: string | null
          closed_on: string | null
          code: string
          computers: number | null
          contact_phone: string | null
          contact_role_id: string | null
          further_kinds: string[]
          host_body: string | null
          id: number
          kind_id: string
          level: string
          local_name: string | null
          merged_into_id: number | null
          name: string
          opened_on: string | null
          parent_id: number | null
          path: string
          placed_on: string
          plaque_photo: string | null
          rooms: number | null
          should_build: boolean
          standard_met: boolean | null
          summary: string | null
          zone_level: string | null
          zone_status: string | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'units_contact_role_id_fkey', columns: ['contact_role_id'], isOneToOne: false, referencedRelation: 'post_roles', referencedColumns: ['id'] },
          { foreignKeyName: 'units_kind_id_fkey', columns: ['kind_id'], isOneToOne: false, referencedRelation: 'unit_kinds', referencedColumns: ['id'] },
          { foreignKeyName: 'units_merged_into_id_fkey', columns: ['merged_into_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'units_parent_id_fkey', columns: ['parent_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      venue_bookings: {
        Row: {
          asked_at: string
          asked_by: string | null
          by_unit_id: number
          contact_phone: string | null
          decided_at: string | null
          decided_by: string | null
          during: string
          id: number
          purpose: string
          reason: string | null
          room_id: number
          session_id: number | null
          status: string
          team: string | null
          team_id: number | null
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'venue_bookings_by_unit_id_fkey', columns: ['by_unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
          { foreignKeyName: 'venue_bookings_room_id_fkey', columns: ['room_id'], isOneToOne: false, referencedRelation: 'venue_rooms', referencedColumns: ['id'] },
          { foreignKeyName: 'venue_bookings_session_id_fkey', columns: ['session_id'], isOneToOne: false, referencedRelation: 'activity_sessions', referencedColumns: ['id'] },
          { foreignKeyName: 'venue_bookings_team_id_fkey', columns: ['team_id'], isOneToOne: false, referencedRelation: 'volunteer_teams', referencedColumns: ['id'] },
        ]
      }
      venue_days: {
        Row: {
          day: string
          entered_by: string | null
          minutes: string | null
          note: string
          venue_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'venue_days_venue_id_fkey', columns: ['venue_id'], isOneToOne: false, referencedRelation: 'venues', referencedColumns: ['id'] },
        ]
      }
      venue_hours: {
        Row: {
          id: number
          minutes: string
          valid: string
          venue_id: number
          weekday: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'venue_hours_venue_id_fkey', columns: ['venue_id'], isOneToOne: false, referencedRelation: 'venues', referencedColumns: ['id'] },
        ]
      }
      venue_rooms: {
        Row: {
          closed_on: string | null
          equipment: string
          id: number
          name: string
          name_key: string
          seats: number
          venue_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'venue_rooms_venue_id_fkey', columns: ['venue_id'], isOneToOne: false, referencedRelation: 'venues', referencedColumns: ['id'] },
        ]
      }
      venue_visits: {
        Row: {
          day: string
          entered_at: string
          entered_by: string | null
          note: string | null
          venue_id: number
          visitors: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'venue_visits_venue_id_fkey', columns: ['venue_id'], isOneToOne: false, referencedRelation: 'venues', referencedColumns: ['id'] },
        ]
      }
      venues: {
        Row: {
          access: string[]
          address: string
          closed_on: string | null
          code: string
          contact_phone: string
          contact_post: string
          entered_at: string
          entered_by: string | null
          id: number
          kind: string
          name: string
          name_key: string
          photo: string | null
          summary: string
          unit_id: number
          version: number
          way: string
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'venues_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      volunteer_teams: {
        Row: {
          about: string
          closed_on: string | null
          entered_at: string
          entered_by: string | null
          founded_on: string
          id: number
          leader_id: number | null
          name: string
          name_key: string
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'volunteer_teams_leader_id_fkey', columns: ['leader_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'volunteer_teams_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      volunteer_trainings: {
        Row: {
          entered_at: string
          entered_by: string | null
          held_on: string
          hours: number
          id: number
          taken_back_at: string | null
          taken_back_by: string | null
          title: string
          volunteer_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'volunteer_trainings_volunteer_id_fkey', columns: ['volunteer_id'], isOneToOne: false, referencedRelation: 'volunteers', referencedColumns: ['id'] },
        ]
      }
      volunteers: {
        Row: {
          asked_at: string
          by_account: string | null
          by_self: boolean
          consent: string | null
          decided_at: string | null
          decided_by: string | null
          employer: string | null
          ended_at: string | null
          id: number
          person_id: number
          reason: string | null
          skills: string
          source: string
          status: string
          team_id: number | null
          unit_id: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'volunteers_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
          { foreignKeyName: 'volunteers_team_id_fkey', columns: ['team_id'], isOneToOne: false, referencedRelation: 'volunteer_teams', referencedColumns: ['id'] },
          { foreignKeyName: 'volunteers_unit_id_fkey', columns: ['unit_id'], isOneToOne: false, referencedRelation: 'units', referencedColumns: ['id'] },
        ]
      }
      watches: {
        Row: {
          channel: string
          credited: string
          device: string
          end_reason: string | null
          ended_at: string | null
          expires_at: string
          flagged_ms: number
          id: string
          last_beat_at: string | null
          last_seq: number
          lesson_id: number
          media_id: number
          opened_at: string
          person_id: number
          slack_ms: number
          study_ms: number
        }
        Insert: never
        Update: never
        Relationships: [
          { foreignKeyName: 'watches_lesson_id_fkey', columns: ['lesson_id'], isOneToOne: false, referencedRelation: 'lessons', referencedColumns: ['id'] },
          { foreignKeyName: 'watches_media_id_fkey', columns: ['media_id'], isOneToOne: false, referencedRelation: 'media', referencedColumns: ['id'] },
          { foreignKeyName: 'watches_person_id_fkey', columns: ['person_id'], isOneToOne: false, referencedRelation: 'persons', referencedColumns: ['id'] },
        ]
      }
    }
    Views: Record<never, never>
    Functions: {
      activities_waiting: { Args: { in_unit_id: number }, Returns: { what: string | null, activity_id: number | null, session_id: number | null, title: string | null, host: string | null, at: string | null, people: number | null }[] }
      activity_at_desk: { Args: { of_activity_id: number }, Returns: Json }
      activity_credit_ahead: { Args: { activity_code: string }, Returns: Json }
      activity_filters: { Args: Record<PropertyKey, never>, Returns: { filter: string | null, id: string | null, zh: string | null, en: string | null, depth: number | null, activities: number | null }[] }
      activity_hosts: { Args: { in_unit_id: number }, Returns: { code: string | null, name: string | null }[] }
      activity_reviews_at: { Args: { in_unit_id: number }, Returns: { unit_id: number | null, code: string | null, name: string | null, way: string | null, said_by: string | null, reviewed: boolean | null, may_set: boolean | null }[] }
      add_credit_award: { Args: { of_unit_id: number, zh: string, en: string, milli_credits: number, from_day: string, minima: Json }, Returns: number }
      add_credit_rule: { Args: { zh: string, en: string, ground: string, from_day: string, milli_credits: number, cap_period?: string, cap_amount?: number, first_month?: number }, Returns: string }
      add_guardian: { Args: { child_id: number, guardian_id: number, relation: string, consent: boolean }, Returns: number }
      add_person_group: { Args: { of_person_id: number, entry: Json }, Returns: undefined }
      add_recognition_body: { Args: { zh: string, en: string }, Returns: number }
      add_reward: { Args: { of_unit_id: number, kind: string, zh: string, en: string, price_milli_credits: number, hold_days: number, offered: boolean, in_stock: number, about?: string }, Returns: number }
      add_session_helper: { Args: { of_session_id: number, of_person_id: number, role: string }, Returns: number }
      add_volunteer_training: { Args: { of_volunteer_id: number, title: string, held_on: string, hours: number }, Returns: number }
      answer_help: { Args: { of_help_id: number, agrees: boolean }, Returns: undefined }
      answer_no_show: { Args: { of_session_id: number, of_person_id: number, excuses: boolean, reason: string, answer: string }, Returns: undefined }
      answer_offer: { Args: { of_signup_id: number, takes: boolean }, Returns: undefined }
      answer_recognition: { Args: { case_id: number, note: string, file?: Json }, Returns: undefined }
      answer_record_request: { Args: { of_request_id: number, accepts: boolean, answer: string }, Returns: string }
      answer_service_dispute: { Args: { of_dispute_id: number, answer: string, starts_at?: string, ends_at?: string }, Returns: string }
      applications_below: { Args: { in_unit_id: number, in_state: string }, Returns: { id: number | null, award_zh: string | null, award_en: string | null, state: string | null, milli_credits: number | null, asked_at: string | null, decided_at: string | null, decision: string | null, learner_id: number | null, learner_name: string | null, home_name: string | null, asked_person_id: number | null, asker_name: string | null, may_decide: boolean | null }[] }
      apply_award_for: { Args: { award_id: number, of_person_id: number }, Returns: number }
      apply_for_award: { Args: { award_id: number }, Returns: number }
      apply_import: { Args: { import_id: number, good_only: boolean }, Returns: undefined }
      apply_recognition: { Args: { body: string, title: string, number: string, level: string, issued_on: string, hours: number, file: Json }, Returns: number }
      approve_reports: { Args: { of_period_id: number, unit_codes: string[], versions: number[] }, Returns: { code: string | null, name: string | null, refusal: string | null }[] }
      ask_credit_grant: { Args: { of_person_id: number, milli_credits: number, happened_on: string, ground: string, reason: string, of_rule_id?: string }, Returns: number }
      ask_credit_reversal: { Args: { posting_id: number, ground: string, reason: string }, Returns: number }
      ask_lecturer: { Args: { of_lecturer_id: number, at_unit_id: number, from_at: string, until_at: string, topic: string, place: string, outside?: boolean }, Returns: number }
      ask_range_figure: { Args: { in_unit_id: number, from_day: string, until_day: string }, Returns: number }
      ask_recognition: { Args: { case_id: number, note: string }, Returns: undefined }
      ask_reopening: { Args: { of_period_id: number, of_unit_id: number, reason: string }, Returns: undefined }
      ask_rerating: { Args: { of_rule_id: string, kind: string, from_day: string, until_day: string, given: Json, reason: string }, Returns: number }
      ask_service_backfill: { Args: { of_shift_id: number, of_person_id: number, starts_at: string, ends_at: string, reason: string }, Returns: number }
      ask_team_room: { Args: { of_team_id: number, of_room_id: number, from_at: string, until_at: string, purpose: string }, Returns: number }
      ask_to_help: { Args: { named: string, relation: string, phone_lookup?: string, card?: string }, Returns: number }
      audit_log: { Args: { in_unit_id: number, from_day?: string, to_day?: string, of_action?: string, of_username?: string, of_subject?: string, before_id?: number, page_size?: number }, Returns: { event_id: number | null, at: string | null, username: string | null, role_zh: string | null, role_en: string | null, action: string | null, subject_kind: string | null, subject_id: string | null, unit_code: string | null, unit_name: string | null, details: Json | null }[] }
      book_room: { Args: { of_unit_id: number, of_room_id: number, from_at: string, until_at: string, purpose: string, team: string, phone: string }, Returns: number }
      cancel_activity: { Args: { of_activity_id: number, reason: string }, Returns: undefined }
      cancel_booking: { Args: { of_booking_id: number, reason: string }, Returns: number }
      cancel_service: { Args: { of_opportunity_id: number, of_shift_id: number, reason: string }, Returns: undefined }
      cancel_session: { Args: { of_session_id: number, reason: string }, Returns: undefined }
      cancel_signup: { Args: { of_signup_id: number, reason?: string, with_children?: boolean }, Returns: undefined }
      cancel_unit_plan: { Args: { plan_id: number }, Returns: undefined }
      cards_to_print: { Args: { in_unit_id: number, of_person_id?: number, page_size?: number, skip?: number }, Returns: { person_id: number | null, name: string | null, home: string | null, number: string | null, total: number | null, missing: number | null }[] }
      change_credit_rule: { Args: { of_rule_id: string, from_day: string, basis: string, milli_credits: number, per_minutes: number }, Returns: number }
      change_period_due: { Args: { of_period_id: number, new_due_on: string }, Returns: undefined }
      change_sign_in_rules: { Args: { factor_roles: string[], password_days: number, passwords_kept: number }, Returns: undefined }
      change_unit: { Args: { unit_code: string, mode: string, from_day: string, details: Json }, Returns: Json }
      check_in: { Args: { pass: string, of_person_id?: number }, Returns: { person_id: number | null, name: string | null, outcome: string | null, seen_at: string | null }[] }
      check_in_page: { Args: { pass: string }, Returns: Json }
      check_in_pass_by_word: { Args: { word: string }, Returns: { pass: string | null, seconds_to_wait: number | null }[] }
      check_in_screen: { Args: { of_session_id: number }, Returns: Json }
      check_service: { Args: { of_place_id: number, what: string, code: string }, Returns: string }
      check_service_scanned: { Args: { of_place_id: number, what: string, pass: string }, Returns: string }
      choose_import_columns: { Args: { import_id: number, columns: Json, fixed: Json, register_persons: boolean }, Returns: undefined }
      choose_import_sheet: { Args: { import_id: number, sheet: string, headings: string[], heading_line: number }, Returns: undefined }
      class_people: { Args: { of_register_id: number }, Returns: { participation_id: number | null, standing_id: number | null, person_id: number | null, name: string | null, birth_year: number | null, home: string | null, is_guest: boolean | null, attended: boolean | null, outcome: string | null, reason: string | null, counted_minutes: number | null, milli_credits: number | null, entered_at: string | null, corrected_at: string | null, corrected_by: string | null, correction: string | null }[] }
      close_credit_year: { Args: { starts_on: string }, Returns: number }
      close_unit: { Args: { unit_code: string, from_day: string, move_to_code?: string, dry_run?: boolean }, Returns: Json }
      close_watch: { Args: { watch_id: string }, Returns: undefined }
      collect_reward: { Args: { code: string }, Returns: Json }
      companions_of: { Args: { of_activity_id: number, of_person_id: number }, Returns: { person_id: number | null, name: string | null, birth_year: number | null, kind: string | null }[] }
      conditions_of_activity: { Args: { of_code: string }, Returns: Json }
      confirm_rerating: { Args: { rerating_id: number }, Returns: undefined }
      confirm_service: { Args: { of_shift_id: number }, Returns: { place_id: number | null, name: string | null, outcome: string | null, is_new: boolean | null, minutes: number | null, class_minutes: number | null, overlap_minutes: number | null, cap_minutes: number | null, rest_minutes: number | null, milli_credits: number | null }[] }
      confirm_session: { Args: { of_session_id: number }, Returns: { person_id: number | null, name: string | null, outcome: string | null, reason: string | null, is_new: boolean | null, counted_minutes: number | null, milli_credits: number | null }[] }
      copy_term: { Args: { in_unit_id: number, plans: Json }, Returns: { of_id: number | null, new_id: number | null, is_new: boolean | null }[] }
      correct_participation: { Args: { participation_id: number, what: string, new_values: Json, reason: string }, Returns: number }
      correct_service: { Args: { of_place_id: number, starts_at: string, ends_at: string, reason: string }, Returns: undefined }
      correctable_postings: { Args: { of_person_id: number }, Returns: { posting_id: number | null, kind: string | null, rule_zh: string | null, rule_en: string | null, course: string | null, lesson: string | null, happened_at: string | null, posted_at: string | null, minutes: number | null, milli_credits: number | null, is_asked: boolean | null }[] }
      count_residents: { Args: { in_unit_id: number, of_group?: string, lacks?: string }, Returns: number }
      count_session_heads: { Args: { of_session_id: number, persons: number, note?: string }, Returns: number }
      count_visits: { Args: { of_venue_id: number, of_day: string, visitors: number, note?: string }, Returns: undefined }
      counted_years_of_person: { Args: { of_person_id: number }, Returns: number[] }
      course_earned: { Args: { lesson_id: number }, Returns: Json }
      course_filters: { Args: { course_kind: string }, Returns: { filter: string | null, id: string | null, zh: string | null, en: string | null, courses: number | null }[] }
      coverage_areas: { Args: { in_unit_id: number, counted_year: number }, Returns: { area: string | null, population: number | null, missing_count: number | null, missing_names: string[] | null }[] }
      coverage_by_category: { Args: { in_unit_id: number, counted_year: number, counted_group: string }, Returns: { category_id: string | null, persons: number | null, person_times: number | null, minutes: number | null, population: number | null }[] }
      coverage_by_group: { Args: { in_unit_id: number, counted_year: number, view_code?: string }, Returns: { group_id: string | null, persons: number | null, person_times: number | null, hours: number | null, population: number | null, population_source: string | null, missing_count: number | null, missing_names: string[] | null, population_as_of: string | null, population_approved: boolean | null }[] }
      coverage_by_unit: { Args: { parent_unit_id: number, counted_year: number, counted_group: string, view_code?: string }, Returns: { unit_id: number | null, code: string | null, name: string | null, level: string | null, is_parent: boolean | null, has_children: boolean | null, persons: number | null, person_times: number | null, hours: number | null, population: number | null, population_source: string | null, missing_count: number | null, missing_names: string[] | null, population_as_of: string | null, population_approved: boolean | null }[] }
      coverage_heat: { Args: { in_unit_id: number, counted_year: number, view_code: string, counted_group: string }, Returns: { unit_id: number | null, code: string | null, name: string | null, township_code: string | null, township_name: string | null, persons: number | null, population: number | null }[] }
      coverage_months: { Args: { in_unit_id: number, counted_year: number, counted_group: string, view_code?: string }, Returns: { month: number | null, persons: number | null, person_times: number | null, hours: number | null }[] }
      coverage_of_unit: { Args: { in_unit_id: number, counted_year: number, axis_name?: string, view_code?: string }, Returns: { kind: string | null, code: string | null, persons: number | null, person_times: number | null, minutes: number | null, population: number | null }[] }
      coverage_people: { Args: { in_unit_id: number, counted_year: number, counted_group: string, page_size?: number, after_person_id?: number, view_code?: string, slice_code?: string }, Returns: { person_id: number | null, name: string | null, sex: string | null, birth_year: number | null, birth_decade: number | null, home: string | null, person_times: number | null, hours: number | null }[] }
      coverage_taught: { Args: { in_unit_id: number, counted_year: number, counted_group: string, view_code?: string }, Returns: { code: string | null, name: string | null, is_parent: boolean | null, persons: number | null, person_times: number | null, hours: number | null }[] }
      coverage_years: { Args: { in_unit_id: number }, Returns: number[] }
      create_import: { Args: { kind: string, unit_id: number, file_name: string, file_sha256: string, file_bytes: number, format: string, encoding: string, sheet: string, folder: string, headings: string[], heading_line: number }, Returns: number }
      create_staff_account: { Args: { of_person_id: number, username: string, password_hash: string }, Returns: string }
      create_unit: { Args: { parent_code: string, unit_code: string, kind_id: string, level: string, from_day: string, details: Json }, Returns: string }
      credential_titles: { Args: { in_unit_id: number }, Returns: { kind: string | null, title: string | null, issued: number | null }[] }
      credentials_at_desk: { Args: { in_unit_id: number, of_kind: string, of_title: string, asked: string, from_day: string, to_day: string, only_live: boolean, page_size: number, skip: number }, Returns: { id: number | null, kind: string | null, code: string | null, snapshot: Json | null, issued_at: string | null, signed: boolean | null, revoked_at: string | null, revoked_reason: string | null, revoked_words: string | null, lifted_at: string | null, may_revoke: boolean | null, total: number | null }[] }
      credit_ahead: { Args: { course_slugs: string[], lesson_slug?: string }, Returns: { course_slug: string | null, is_personal: boolean | null, lessons: number | null, done: number | null, earned_milli_credits: number | null, ahead: Json | null }[] }
      credit_corrections_below: { Args: { in_unit_id: number, in_state: string }, Returns: { id: number | null, kind: string | null, state: string | null, milli_credits: number | null, happened_on: string | null, ground: string | null, reason: string | null, decision: string | null, asked_at: string | null, decided_at: string | null, asked_person_id: number | null, target_milli_credits: number | null, target_day: string | null, posted_milli_credits: number | null, learner_id: number | null, learner_name: string | null, home_name: string | null, asker_name: string | null, rule_zh: string | null, rule_en: string | null }[] }
      credit_offenders: { Args: { of_check_id: number }, Returns: { invariant: string | null, subject: string | null, kind: string | null, id: number | null, person_id: number | null, person_name: string | null, home: string | null, may_correct: boolean | null, may_see_records: boolean | null, posting_id: number | null, seq: number | null, posting_kind: string | null, rule_zh: string | null, rule_en: string | null, milli_credits: number | null, happened_on: string | null, title: string | null, class_id: number | null, session_id: number | null }[] }
      credit_rates: { Args: Record<PropertyKey, never>, Returns: { rule_id: string | null, zh: string | null, en: string | null, basis: string | null, milli_credits: number | null, per_minutes: number | null }[] }
      credit_rows: { Args: { in_unit_id: number, counted_year: number, page_size?: number, after_posting_id?: number }, Returns: { posting_id: number | null, posted_at: string | null, person_id: number | null, name: string | null, home: string | null, started_at: string | null, kind: string | null, title: string | null, rule_zh: string | null, rule_en: string | null, milli_credits: number | null }[] }
      credit_years_at_desk: { Args: Record<PropertyKey, never>, Returns: Json }
      credits_of_unit: { Args: { in_unit_id: number, counted_year: number }, Returns: number }
      decide_application: { Args: { application_id: number, decision: string, reason: string }, Returns: undefined }
      decide_booking: { Args: { of_booking_id: number, approves: boolean, reason?: string }, Returns: number }
      decide_credit_correction: { Args: { correction_id: number, approves: boolean, reason: string }, Returns: undefined }
      decide_material: { Args: { of_material_id: number, accepts: boolean, reason?: string }, Returns: number }
      decide_populations: { Args: { version_ids: number[], approve: boolean, reason?: string }, Returns: number }
      decide_recognition: { Args: { case_id: number, accepts: boolean, milli_credits: number, category_id: string, reason: string, double_reason?: string }, Returns: string }
      decide_reopening: { Args: { of_period_id: number, of_unit_id: number, is_granted: boolean, reason?: string }, Returns: undefined }
      decide_report: { Args: { of_period_id: number, of_unit_id: number, seen_version: number, is_approved: boolean, reason?: string }, Returns: undefined }
      decide_service_backfill: { Args: { of_backfill_id: number, agrees: boolean, answer?: string }, Returns: undefined }
      decide_signup: { Args: { of_signup_id: number, admits: boolean, reason?: string }, Returns: string }
      decide_volunteer: { Args: { of_volunteer_id: number, admits: boolean, reason?: string }, Returns: string }
      delete_activity: { Args: { of_activity_id: number }, Returns: undefined }
      departed_among: { Args: { person_ids: number[] }, Returns: number[] }
      departments_used: { Args: { in_unit_id: number }, Returns: string[] }
      departures_at_desk: { Args: { of_person_id: number }, Returns: { reason: string | null, left_on: string | null, note: string | null, entered_at: string | null, undone_at: string | null, undone_reason: string | null }[] }
      disable_account: { Args: { of_person_id: number, disabled: boolean }, Returns: undefined }
      discard_import: { Args: { import_id: number }, Returns: string }
      dispute_service: { Args: { of_place_id: number, words: string }, Returns: number }
      door_list: { Args: { of_session_id: number }, Returns: Json }
      doubt_recognition: { Args: { case_id: number, reason: string }, Returns: undefined }
      draw_seats: { Args: { of_pool_id: number }, Returns: { seated: number | null, waiting: number | null }[] }
      draws_of_activity: { Args: { of_code: string }, Returns: Json }
      duplicate_pairs: { Args: { in_unit_id: number, page_size?: number, skip?: number }, Returns: { one_id: number | null, other_id: number | null, reason: string | null, total: number | null }[] }
      end_calendar_key: { Args: Record<PropertyKey, never>, Returns: undefined }
      end_credit_award: { Args: { award_id: number }, Returns: undefined }
      end_guardian: { Args: { link_id: number }, Returns: undefined }
      end_help: { Args: { of_help_id: number }, Returns: undefined }
      end_lecturer: { Args: { of_lecturer_id: number }, Returns: undefined }
      end_person_group: { Args: { of_person_id: number, group_id: string, valid_from: string, last_day: string }, Returns: undefined }
      end_post: { Args: { post_id: number, last_day: string }, Returns: undefined }
      end_recognition_pair: { Args: { pair_id: number, from_day: string }, Returns: undefined }
      end_sessions: { Args: { of_person_id: number }, Returns: number }
      end_volunteer: { Args: { of_volunteer_id: number, reason?: string }, Returns: undefined }
      enrol: { Args: { course_slug: string }, Returns: string }
      enter_feedback: { Args: { of_session_id: number, of_person_id: number, satisfied: number, useful: number, again: number }, Returns: undefined }
      enter_populations: { Args: { counted_year: number, source: string, as_of: string, cells: Json }, Returns: Json }
      explain_no_show: { Args: { of_session_id: number, of_person_id: number, reason: string, note?: string }, Returns: undefined }
      feedback_of_session: { Args: { of_session_id: number }, Returns: Json }
      feedback_of_unit: { Args: { in_unit_id: number, from_day: string, until_day: string, page_size?: number, skip?: number }, Returns: { session_id: number | null, title: string | null, host: string | null, starts_at: string | null, came: number | null, counts: Json | null, total: number | null }[] }
      figure_check_standing: { Args: Record<PropertyKey, never>, Returns: { day: string | null, persons_checked: number | null, county: string | null, cells_checked: number | null, differing_persons: number | null, differing_sums: number | null, differing_cells: number | null, units: string[] | null, is_overdue: boolean | null, is_mine: boolean | null }[] }
      figure_records: { Args: { in_unit_id: number, counted_year: number, counted_group: string, axis_name?: string, view_code?: string, page_size?: number, after_person_id?: number, after_record_id?: number, slice_code?: string }, Returns: { record_id: number | null, person_id: number | null, name: string | null, home: string | null, started_at: string | null, kind: string | null, category_zh: string | null, category_en: string | null, title: string | null, host: string | null, channel: string | null, hours: number | null }[] }
      figure_records_sum: { Args: { in_unit_id: number, counted_year: number, counted_group: string, axis_name?: string, view_code?: string, slice_code?: string }, Returns: { records: number | null, hours: number | null }[] }
      find_activities: { Args: { near_unit_id?: number, from_day?: string, until_day?: string, of_category_id?: string, of_form_id?: string, only_free?: boolean, query?: string, page_size?: number, skip?: number, for_audience?: string }, Returns: { code: string | null, title: string | null, host_code: string | null, host: string | null, category_id: string | null, form_zh: string | null, form_en: string | null, venue: string | null, room: string | null, fee_fen: number | null, sign_up: string | null, admission: string | null, opens_at: string | null, closes_at: string | null, session_id: number | null, starts_at: string | null, ends_at: string | null, sessions: number | null, capacity: number | null, free: number | null, total: number | null }[] }
      find_guest: { Args: { of_activity_id: number, card?: string, phone_lookup?: string }, Returns: { person_id: number | null, name: string | null, home: string | null }[] }
      find_lecturers: { Args: { of_category_id?: string, query?: string, page_size?: number, skip?: number }, Returns: { id: number | null, name: string | null, title: string | null, workplace: string | null, topics: string | null, categories: string[] | null, availability: string | null, unit_code: string | null, unit: string | null, total: number | null, photo: string | null }[] }
      find_people: { Args: { query: string, in_unit_id: number, phone_lookup?: string, id_lookup?: string, page_size?: number, skip?: number }, Returns: { person_id: number | null, name: string | null, sex: string | null, birth_year: number | null, home: string | null, home_code: string | null, groups: string[] | null, has_account: boolean | null, phone: string | null, matched: string | null, total: number | null }[] }
      find_service: { Args: { near_unit_id?: number, page_size?: number, skip?: number }, Returns: { code: string | null, title: string | null, role: string | null, about: string | null, unit_name: string | null, team_name: string | null, venue: string | null, contact_phone: string | null, category_id: string | null, shifts: Json | null, next_at: string | null, total: number | null }[] }
      find_units: { Args: { words: string, sight: string, sounding?: string[], administrations_only?: boolean, page_size?: number, skip?: number }, Returns: { code: string | null, name: string | null, local_name: string | null, kind_zh: string | null, kind_en: string | null, nature: string | null, level: string | null, closed_on: string | null, above: string[] | null, total: number | null }[] }
      find_venues: { Args: { near_unit_id?: number, of_kind?: string, query?: string, page_size?: number, skip?: number }, Returns: { code: string | null, name: string | null, kind: string | null, address: string | null, unit: string | null, photo: string | null, access: string[] | null, rooms: number | null, seats: number | null, total: number | null }[] }
      finish_reading: { Args: { lesson_id: number, channel?: string }, Returns: Json }
      give_feedback: { Args: { of_session_id: number, of_person_id: number, satisfied: number, useful: number, again: number }, Returns: undefined }
      give_seats_back: { Args: { signup_ids: number[] }, Returns: number }
      give_service_place_up: { Args: { of_place_id: number }, Returns: undefined }
      give_team_room_back: { Args: { of_booking_id: number }, Returns: undefined }
      grant_post: { Args: { person_id: number, unit_code: string, role_id: string, employment: string, from_day: string, to_day: string }, Returns: number }
      guest_records: { Args: { of_session_id: number }, Returns: { person_id: number | null, participation_id: number | null, kind: string | null, status: string | null, started_at: string | null, ended_at: string | null, hours: number | null, category_id: string | null }[] }
      hand_in_report: { Args: { of_period_id: number, of_unit_id: number, reason?: string }, Returns: number }
      head_count_hosts: { Args: { in_unit_id: number, sight?: string }, Returns: { code: string | null, name: string | null }[] }
      head_counts_by_month: { Args: { in_unit_id: number, counted_year: number }, Returns: { month: number | null, events: number | null, person_times: number | null, minutes: number | null }[] }
      head_counts_to_correct: { Args: { head_count_ids: number[] }, Returns: number[] }
      heads_of_session: { Args: { of_session_id: number }, Returns: { persons: number | null, named: number | null, note: string | null, at: string | null }[] }
      helpers_of: { Args: { of_person_id: number }, Returns: { id: number | null, helper_id: number | null, name: string | null, relation: string | null, consent: string | null, asked_at: string | null, consent_at: string | null, ended_at: string | null }[] }
      hold_reward: { Args: { item_id: number }, Returns: number }
      honoured_people: { Args: { in_unit_id: number, from_rank: number, from_day: string, until_day: string, query: string, page_size: number, skip: number }, Returns: { person_id: number | null, name: string | null, birth_year: number | null, home: string | null, rank: number | null, zh: string | null, en: string | null, reached_at: string | null, milli_credits: number | null, is_named: boolean | null, total: number | null }[] }
      honours_of_place: { Args: { unit_code: string, page_size?: number, skip?: number }, Returns: { name: string | null, home: string | null, rank: number | null, zh: string | null, en: string | null, reached_on: string | null, total: number | null }[] }
      import_standing: { Args: { import_id: number }, Returns: Json }
      import_way_on: { Args: { import_id: number }, Returns: { place: string | null, years: number[] | null }[] }
      introduce_myself: { Args: { name: string, sex: string, birth_year: number, residence_unit_id: number, pinyin?: string, initials?: string }, Returns: number }
      issue_card: { Args: { of_person_id: number, replace?: boolean }, Returns: string }
      issue_cards: { Args: { in_unit_id: number, at_most?: number }, Returns: Json }
      keep_sheet: { Args: { of_session_id: number, file: Json }, Returns: string }
      late_reports: { Args: { in_unit_id: number }, Returns: { period_id: number | null, year: number | null, part: string | null, due_on: string | null, units: number | null, codes: string[] | null, names: string[] | null }[] }
      lecturer_bookings_at_desk: { Args: { in_unit_id: number }, Returns: { id: number | null, lecturer_id: number | null, lecturer: string | null, at_unit: string | null, starts_at: string | null, ends_at: string | null, topic: string | null, place: string | null, status: string | null, reason: string | null, listeners: number | null, is_team: boolean | null, is_outside: boolean | null, may_plan: boolean | null, categories: string[] | null, activity_id: number | null, is_called_off: boolean | null, planned_at: string | null }[] }
      lecturer_photo: { Args: { of_lecturer_id: number }, Returns: { type: string | null, image: string | null, sha256: string | null }[] }
      lecturers_at_desk: { Args: { query?: string }, Returns: { id: number | null, unit_code: string | null, unit: string | null, name: string | null, title: string | null, workplace: string | null, topics: string | null, categories: string[] | null, availability: string | null, phone: string | null, is_listed: boolean | null, version: number | null, keeps: boolean | null, may_end: boolean | null, asked: number | null, talks: number | null, photo: string | null, times: string[] | null, away: Json | null }[] }
      lecturers_due: { Args: { in_days?: number }, Returns: { lecturer_id: number | null, what: string | null, title: string | null, host: string | null, starts_at: string | null, ends_at: string | null }[] }
      lift_revocation: { Args: { credential_id: number, words: string }, Returns: number }
      limit_post: { Args: { post_id: number, places: string[] }, Returns: undefined }
      list_activities: { Args: { in_unit_id: number, of_state?: string, query?: string, page_size?: number, skip?: number }, Returns: { id: number | null, code: string | null, title: string | null, host: string | null, form_zh: string | null, form_en: string | null, sign_up: string | null, status: string | null, state: string | null, next_at: string | null, sessions: number | null, capacity: number | null, taken: number | null, waiting: number | null, unconfirmed: number | null, total: number | null }[] }
      list_classes: { Args: { in_unit_id: number, page_size?: number, skip?: number }, Returns: { register_id: number | null, title: string | null, host: string | null, category_zh: string | null, category_en: string | null, started_at: string | null, minutes: number | null, people: number | null, taken_back: number | null, total: number | null }[] }
      list_courses: { Args: { course_kind: string, in_category?: string, for_audience?: string, page?: number, page_size?: number }, Returns: { slug: string | null, kind: string | null, title: string | null, summary: string | null, category_id: string | null, author: string | null, host_name: string | null, minutes: number | null, lesson_count: number | null, poster: string | null, first_lesson_slug: string | null, updated_on: string | null, total: number | null }[] }
      list_head_counts: { Args: { in_unit_id: number, counted_year: number, page_size?: number, skip?: number, in_month?: number }, Returns: { id: number | null, host_code: string | null, host: string | null, kind: string | null, category: string | null, category_zh: string | null, category_en: string | null, title: string | null, started_at: string | null, ended_at: string | null, persons: number | null, note: string | null, entered_at: string | null, corrects: number | null, corrected_by: number | null, total: number | null, session_id: number | null }[] }
      look_at_class: { Args: { of_unit_id: number, title: string, of_category_id: string, started_at: string, minutes: number, venue: string, is_another: boolean, person_ids: number[] }, Returns: { person_id: number | null, name: string | null, birth_year: number | null, home: string | null, is_guest: boolean | null, outcome: string | null, reason: string | null, is_new: boolean | null, counted_minutes: number | null, milli_credits: number | null }[] }
      make_up_session: { Args: { of_session_id: number, from_at: string, until_at: string, venue?: string, room?: string }, Returns: number }
      mark_attendance: { Args: { of_session_id: number, marks: Json }, Returns: { place: number | null, client_id: string | null, person_id: number | null, name: string | null, outcome: string | null }[] }
      mark_distinct: { Args: { one_id: number, other_id: number }, Returns: undefined }
      merge_persons: { Args: { kept_id: number, merged_id: number, reason: string }, Returns: number }
      merge_units: { Args: { from_codes: string[], into_code: string, from_day: string, dry_run?: boolean }, Returns: Json }
      missing_denominators: { Args: { in_unit_id: number, counted_year: number, of_group?: string }, Returns: { row_code: string | null, code: string | null, name: string | null }[] }
      move_person: { Args: { of_person_id: number, to_unit_id: number, moved_on: string }, Returns: undefined }
      move_unit: { Args: { unit_code: string, parent_code: string, from_day: string, dry_run?: boolean }, Returns: Json }
      move_volunteer: { Args: { of_volunteer_id: number, of_team_id: number }, Returns: undefined }
      my_account_before: { Args: { moment: string }, Returns: { began_at: string | null, milli_credits: number | null }[] }
      my_awards: { Args: Record<PropertyKey, never>, Returns: { award_id: number | null, zh: string | null, en: string | null, unit: string | null, milli_credits: number | null, minima: Json | null, is_open: boolean | null, application_id: number | null, state: string | null, asked_at: string | null, decision: string | null }[] }
      my_calendar: { Args: { from_day: string, until_day: string }, Returns: { kind: string | null, id: number | null, person_id: number | null, name: string | null, is_me: boolean | null, starts_at: string | null, ends_at: string | null, title: string | null, title_en: string | null, host: string | null, venue: string | null, activity_code: string | null, status: string | null, ahead: number | null, offer_ends_at: string | null, on_leave: boolean | null, reason: string | null }[] }
      my_calendar_since: { Args: Record<PropertyKey, never>, Returns: string }
      my_card: { Args: Record<PropertyKey, never>, Returns: string }
      my_children: { Args: Record<PropertyKey, never>, Returns: { person_id: number | null, name: string | null, birth_year: number | null, relation: string | null, consent: boolean | null }[] }
      my_coming_sessions: { Args: Record<PropertyKey, never>, Returns: { person_id: number | null, name: string | null, is_me: boolean | null, signup_id: number | null, status: string | null, activity_code: string | null, title: string | null, session_id: number | null, starts_at: string | null, ends_at: string | null, on_leave: boolean | null }[] }
      my_courses: { Args: Record<PropertyKey, never>, Returns: { slug: string | null, kind: string | null, title: string | null, category_id: string | null, poster: string | null, minutes: number | null, lesson_count: number | null, published: boolean | null, done: number | null, next_lesson_slug: string | null, next_lesson_title: string | null, enrolled_at: string | null, completed_at: string | null, touched_at: string | null }[] }
      my_credit_balance: { Args: Record<PropertyKey, never>, Returns: number }
      my_credit_chain: { Args: { after_account?: number, after_seq?: number }, Returns: { account: number | null, seq: number | null, posted_at: string | null, request: string | null, request_hash: string | null, outcome: string | null, minutes: number | null, milli_credits: number | null, balance_after_milli_credits: number | null, link: string | null }[] }
      my_draw_entries: { Args: { of_activity_id?: number }, Returns: { signup_id: number | null, pool_id: number | null, number: number | null, place: number | null, outcome: string | null, drawn_at: string | null }[] }
      my_feedback: { Args: { of_session_id?: number }, Returns: { session_id: number | null, title: string | null, host: string | null, starts_at: string | null, ends_at: string | null, person_id: number | null, name: string | null, is_me: boolean | null, satisfied: number | null, useful: number | null, again: number | null, by_staff: boolean | null, until: string | null }[] }
      my_help: { Args: Record<PropertyKey, never>, Returns: { id: number | null, person_id: number | null, name: string | null, relation: string | null, helps: boolean | null, agreed: boolean | null, consent: string | null, since: string | null, code: string | null }[] }
      my_honours: { Args: Record<PropertyKey, never>, Returns: Json }
      my_hours: { Args: Record<PropertyKey, never>, Returns: { year: number | null, hours: number | null, person_times: number | null }[] }
      my_moves: { Args: { of_code?: string }, Returns: { signup_id: number | null, name: string | null, is_me: boolean | null, activity_code: string | null, title: string | null, from_at: string | null, pool_id: number | null, starts_at: string | null, ends_at: string | null, outcome: string | null }[] }
      my_neighbourhood: { Args: Record<PropertyKey, never>, Returns: { unit_id: number | null, code: string | null, name: string | null }[] }
      my_no_shows: { Args: Record<PropertyKey, never>, Returns: Json }
      my_notices: { Args: { page_size?: number }, Returns: { id: number | null, name: string | null, is_me: boolean | null, kind: string | null, activity_code: string | null, title: string | null, session_id: number | null, starts_at: string | null, venue: string | null, details: Json | null, at: string | null, read_at: string | null }[] }
      my_passbook: { Args: { from_time: string, to_time: string, skipped?: number, most?: number }, Returns: { posting_id: number | null, posted_at: string | null, kind: string | null, outcome: string | null, reason: string | null, rule_id: string | null, asked_minutes: number | null, minutes: number | null, milli_credits_per_minute: number | null, moved: number | null, owed: number | null, after: number | null, is_others: boolean | null, decision: string | null, recounted: string | null, rule_zh: string | null, rule_en: string | null, course_slug: string | null, course: string | null, lesson: string | null, ground: Json | null }[] }
      my_point_lines: { Args: Record<PropertyKey, never>, Returns: { id: number | null, kind: string | null, posted_at: string | null, milli_points: number | null, last_day: string | null, zh: string | null, en: string | null }[] }
      my_points: { Args: Record<PropertyKey, never>, Returns: { last_day: string | null, milli_points: number | null }[] }
      my_recent_sessions: { Args: Record<PropertyKey, never>, Returns: { session_id: number | null, title: string | null, host: string | null, starts_at: string | null, ends_at: string | null, person_id: number | null, name: string | null, is_me: boolean | null, standing: string | null, request_id: number | null, kind: string | null, words: string | null, asked_at: string | null, due_on: string | null, outcome: string | null, answer: string | null, answered_at: string | null }[] }
      my_recognition_files: { Args: Record<PropertyKey, never>, Returns: { case_id: number | null, kind: string | null, bytes: number | null, uploaded_at: string | null, deleted_at: string | null }[] }
      my_report_tasks: { Args: Record<PropertyKey, never>, Returns: { task: string | null, period_id: number | null, year: number | null, part: string | null, ends_on: string | null, due_on: string | null, unit_id: number | null, code: string | null, name: string | null, state: string | null, version: number | null }[] }
      my_rows: { Args: Record<PropertyKey, never>, Returns: number[] }
      my_scanned_shift: { Args: { pass: string }, Returns: Json }
      my_service: { Args: { page_size?: number }, Returns: { place_id: number | null, shift_id: number | null, title: string | null, role: string | null, unit_name: string | null, venue: string | null, starts_at: string | null, ends_at: string | null, status: string | null, cancel_reason: string | null, came_at: string | null, left_at: string | null, kind: string | null, started_at: string | null, ended_at: string | null, minutes: number | null, class_minutes: number | null, overlap_minutes: number | null, cap_minutes: number | null, rest_minutes: number | null, proof: string | null, reason: string | null, versions: number | null, milli_credits: number | null, backfill: string | null, dispute_words: string | null, dispute_due: string | null, dispute_outcome: string | null, dispute_answer: string | null, is_coming: boolean | null }[] }
      my_service_certificates: { Args: Record<PropertyKey, never>, Returns: { code: string | null, number: string | null, from_day: string | null, until_day: string | null, minutes: number | null, issued_at: string | null, is_signed: boolean | null, revoked_at: string | null }[] }
      my_signups: { Args: { of_activity_id?: number }, Returns: { signup_id: number | null, party_id: number | null, person_id: number | null, name: string | null, is_me: boolean | null, pool_id: number | null, status: string | null, place: number | null, offer_ends_at: string | null, asked_at: string | null, activity_code: string | null, title: string | null, host: string | null, venue: string | null, room: string | null, sign_up: string | null, session_id: number | null, starts_at: string | null, ends_at: string | null, last_ends_at: string | null, on_leave: boolean | null, activity_status: string | null, cancel_reason: string | null, ended_at: string | null, end_reason: string | null, clash: string | null }[] }
      my_signups_with_children: { Args: Record<PropertyKey, never>, Returns: { signup_id: number | null, name: string | null, is_me: boolean | null, title: string | null, code: string | null, starts_at: string | null, children: string | null }[] }
      my_statement_lines: { Args: { of_year_id: number }, Returns: { person_id: number | null, late: boolean | null, seq: number | null, posting_id: number | null, posted_at: string | null, counted_on: string | null, kind: string | null, outcome: string | null, reason: string | null, rule_id: string | null, asked_minutes: number | null, minutes: number | null, milli_credits_per_minute: number | null, amount: number | null, after: number | null, repays: boolean | null, is_others: boolean | null, decision: string | null, recounted: string | null, rule_zh: string | null, rule_en: string | null, course_slug: string | null, course: string | null, lesson: string | null, ground: Json | null }[] }
      my_team_rooms: { Args: Record<PropertyKey, never>, Returns: { id: number | null, team: string | null, venue: string | null, room: string | null, address: string | null, starts_at: string | null, ends_at: string | null, purpose: string | null, status: string | null, reason: string | null, may_cancel: boolean | null }[] }
      my_teams: { Args: Record<PropertyKey, never>, Returns: { id: number | null, name: string | null, unit: string | null }[] }
      my_volunteering: { Args: Record<PropertyKey, never>, Returns: { id: number | null, status: string | null, unit_name: string | null, team_name: string | null, source: string | null, employer: string | null, skills: string | null, asked_at: string | null, reason: string | null, minutes: number | null, times: number | null, shift_ids: number[] | null }[] }
      my_waits: { Args: Record<PropertyKey, never>, Returns: { signup_id: number | null, starts_at: string | null }[] }
      named_of_head_counts: { Args: { head_count_ids: number[] }, Returns: { id: number | null, named: number | null }[] }
      network_acts: { Args: { in_unit_id: number, from_day: string, until_day: string, of_act?: string, page_size?: number, skip?: number }, Returns: { day: string | null, act: string | null, code: string | null, name: string | null, level: string | null, kind_zh: string | null, kind_en: string | null, from_name: string | null, to_name: string | null, recorded_at: string | null, recorded_by: string | null, total: number | null }[] }
      network_as_of: { Args: { in_unit_id: number, day: string }, Returns: { unit_id: number | null, code: string | null, parent_id: number | null, depth: number | null, level: string | null, name: string | null, local_name: string | null, area: string | null, should_build: boolean | null, opened_on: string | null, closed_on: string | null, has_children: boolean | null, teaching: Json | null }[] }
      network_choices: { Args: { of_unit_id: number, purpose: string }, Returns: { code: string | null, name: string | null, above_name: string | null }[] }
      network_figures: { Args: { in_unit_id: number, day: string }, Returns: { code: string | null, name: string | null, is_parent: boolean | null, should_build: number | null, built: number | null, teaching: number | null, met: number | null, not_met: number | null, not_judged: number | null, kinds: Json | null }[] }
      network_missing: { Args: { in_unit_id: number, day: string, page_size?: number, skip?: number }, Returns: { unit_code: string | null, unit_name: string | null, level: string | null, area: string | null, above_name: string | null, total: number | null }[] }
      network_standards: { Args: { in_unit_id: number, day: string }, Returns: { level: string | null, met: number | null, not_met: number | null, not_judged: number | null }[] }
      network_summary: { Args: { in_unit_id: number, day: string }, Returns: { level: string | null, administrations: number | null, should_build: number | null, built: number | null, teaching_units: number | null }[] }
      network_tree: { Args: { in_unit_id: number }, Returns: { unit_id: number | null, code: string | null, parent_id: number | null, depth: number | null, level: string | null, name: string | null, local_name: string | null, area: string | null, should_build: boolean | null, opened_on: string | null, closed_on: string | null, has_children: boolean | null, teaching: Json | null }[] }
      network_units: { Args: { in_unit_id: number, day: string, of_kind?: string, of_level?: string, standard?: string, zone?: string, computers_below?: number, computers_unknown?: boolean, build?: string, with_closed?: boolean, sort?: string, page_size?: number, skip?: number }, Returns: { code: string | null, name: string | null, local_name: string | null, kind_zh: string | null, kind_en: string | null, nature: string | null, level: string | null, area: string | null, above_name: string | null, should_build: boolean | null, built: boolean | null, standard_met: boolean | null, zone_status: string | null, zone_level: string | null, rooms: number | null, computers: number | null, opened_on: string | null, closed_on: string | null, total: number | null }[] }
      no_shows_at_desk: { Args: { in_unit_id: number, page_size?: number, skip?: number }, Returns: { session_id: number | null, person_id: number | null, name: string | null, activity_id: number | null, title: string | null, host: string | null, starts_at: string | null, state: string | null, reason: string | null, note: string | null, asked_at: string | null, answer: string | null, answered_at: string | null, counted: number | null, effect: string | null, until: string | null, total: number | null }[] }
      note_audit_export: { Args: { in_unit_id: number, filter: Json, rows: number }, Returns: undefined }
      note_departure: { Args: { of_person_id: number, reason: string, left_on: string, note?: string }, Returns: undefined }
      note_figure_file: { Args: { in_unit_id: number, figure: Json }, Returns: undefined }
      note_residents_file: { Args: { in_unit_id: number, asked: Json, people: number }, Returns: undefined }
      note_signups_file: { Args: { of_activity_id: number }, Returns: undefined }
      object_recognition: { Args: { case_id: number, reason: string }, Returns: undefined }
      open_periods: { Args: { opened_year: number, rhythm: string, due_days: number, levels: string[] }, Returns: number }
      open_reading: { Args: { lesson_id: number }, Returns: Json }
      open_sheet: { Args: { of_session_id: number, file_id: string }, Returns: Json }
      open_watch: { Args: { lesson_id: number, device: string, channel: string }, Returns: Json }
      organised_people: { Args: { in_unit_id: number, counted_year: number, counted_group: string, page_size?: number, after_person_id?: number, view_code?: string }, Returns: { person_id: number | null, name: string | null, sex: string | null, birth_year: number | null, birth_decade: number | null, home: string | null, person_times: number | null, hours: number | null }[] }
      participations_by_week: { Args: { in_unit_id: number, last_day: string, weeks?: number }, Returns: { week_start: string | null, person_times: number | null }[] }
      people_named: { Args: { person_ids: number[] }, Returns: { person_id: number | null, name: string | null, birth_year: number | null, home: string | null, phone: string | null }[] }
      people_reached: { Args: { in_unit_id: number, counted_year: number }, Returns: { unit_code: string | null, group_id: string | null, area: string | null, persons: number | null }[] }
      person_at_desk: { Args: { of_person_id: number }, Returns: Json }
      person_participations: { Args: { of_person_id: number, counted_year: number }, Returns: { participation_id: number | null, started_at: string | null, ended_at: string | null, kind: string | null, category_id: string | null, category_zh: string | null, category_en: string | null, course: string | null, lesson: string | null, title: string | null, host: string | null, home: string | null, hours: number | null, status: string | null, role: string | null, channel: string | null, entry_source: string | null, entered_at: string | null, corrects: number | null, corrected_by: number | null, counts: boolean | null, what: string | null, reason: string | null, under_person_id: number | null, venue: string | null, fee_fen: number | null, for_profit: boolean | null, evidence: Json | null }[] }
      plan_lecturer_booking: { Args: { of_booking_id: number, of_category_id: string }, Returns: number }
      population_gaps: { Args: { in_unit_id: number, counted_year: number, page_size?: number, skip?: number }, Returns: { unit_code: string | null, unit_name: string | null, above_name: string | null, group_ids: string[] | null, responsible: Json | null, total: number | null }[] }
      population_grid: { Args: { in_unit_id: number, counted_year: number }, Returns: { unit_id: number | null, unit_code: string | null, unit_name: string | null, level: string | null, is_parent: boolean | null, can_enter: boolean | null, group_id: string | null, area: string | null, count: number | null, source: string | null, as_of: string | null, status: string | null, entered_at: string | null, waiting_count: number | null, waiting_withdraws: boolean | null, returned_reason: string | null }[] }
      population_history: { Args: { in_unit_id: number, counted_year: number, page_size?: number, skip?: number }, Returns: { version_id: number | null, group_id: string | null, area: string | null, count: number | null, source: string | null, as_of: string | null, status: string | null, entered_at: string | null, entered_by_username: string | null, decided_at: string | null, decided_by_username: string | null, reason: string | null, in_force: boolean | null, total: number | null }[] }
      population_sums: { Args: { in_unit_id: number, counted_year: number, counted_area?: string }, Returns: { group_id: string | null, own: number | null, below: number | null, missing: number | null }[] }
      population_table: { Args: { in_unit_id: number, counted_year: number }, Returns: { unit_code: string | null, unit_name: string | null, level: string | null, group_id: string | null, area: string | null, count: number | null, source: string | null, as_of: string | null, status: string | null }[] }
      populations_to_approve: { Args: { in_unit_id: number, page_size?: number }, Returns: { version_id: number | null, unit_code: string | null, unit_name: string | null, above_name: string | null, year: number | null, group_id: string | null, area: string | null, count: number | null, source: string | null, as_of: string | null, entered_at: string | null, entered_by_username: string | null, is_own: boolean | null, approved_count: number | null, approved_at: string | null, total: number | null }[] }
      post_candidates: { Args: { in_unit_id: number, name_part: string }, Returns: { person_id: number | null, name: string | null, birth_year: number | null, home: string | null, username: string | null, posts: number | null }[] }
      posts_at: { Args: { of_unit_id: number }, Returns: { post_id: number | null, unit_name: string | null, role_zh: string | null, role_en: string | null, employment: string | null, valid_from: string | null, valid_to: string | null, name: string | null }[] }
      posts_below: { Args: { in_unit_id: number, name_part?: string, of_role?: string, with_past?: boolean, page_size?: number, skip?: number }, Returns: { post_id: number | null, person_id: number | null, name: string | null, unit_code: string | null, unit_name: string | null, role_id: string | null, employment: string | null, valid_from: string | null, valid_to: string | null, username: string | null, disabled: boolean | null, must_change: boolean | null, is_own: boolean | null, unit_closed_on: string | null, total: number | null }[] }
      probable_duplicates: { Args: { name: string, pinyin: string, birth_year: number, residence_unit_id: number, phone_lookup?: string, id_lookup?: string, but_id?: number }, Returns: { person_id: number | null, person_name: string | null, person_sex: string | null, born: number | null, home: string | null, phone: string | null, reason: string | null }[] }
      public_figures_around: { Args: { of_year: number, unit_code?: string }, Returns: { code: string | null, name: string | null, is_here: boolean | null, parent_code: string | null, group_id: string | null, group_zh: string | null, group_en: string | null, people: number | null, population: number | null, week: string | null, years: number[] | null }[] }
      publish_activity: { Args: { of_activity_id: number }, Returns: string }
      publish_opportunity: { Args: { of_opportunity_id: number }, Returns: undefined }
      range_by_category: { Args: { range_id: number, counted_group: string }, Returns: { category_id: string | null, persons: number | null, person_times: number | null, hours: number | null }[] }
      range_by_group: { Args: { range_id: number, view_code?: string }, Returns: { group_id: string | null, persons: number | null, person_times: number | null, hours: number | null, population: number | null, population_source: string | null, missing_count: number | null, missing_names: string[] | null, population_as_of: string | null, population_approved: boolean | null }[] }
      range_by_unit: { Args: { range_id: number, counted_group: string, view_code?: string }, Returns: { unit_id: number | null, code: string | null, name: string | null, level: string | null, is_parent: boolean | null, has_children: boolean | null, persons: number | null, person_times: number | null, hours: number | null, population: number | null, population_source: string | null, missing_count: number | null, missing_names: string[] | null, population_as_of: string | null, population_approved: boolean | null }[] }
      range_head_counts: { Args: { range_id: number }, Returns: number }
      range_records: { Args: { range_id: number, below: number, counted_group: string, view_code?: string, page_size?: number, after_person_id?: number, after_record_id?: number }, Returns: { record_id: number | null, person_id: number | null, name: string | null, home: string | null, started_at: string | null, kind: string | null, category_zh: string | null, category_en: string | null, title: string | null, host: string | null, channel: string | null, hours: number | null }[] }
      reach_of_lecturers: { Args: { in_unit_id: number, of_year: number }, Returns: { unit_id: number | null, code: string | null, name: string | null, township: string | null, talks: number | null, listeners: number | null, last_at: string | null }[] }
      read_notices: { Args: { until_id: number }, Returns: undefined }
      recognised_by_body: { Args: Record<PropertyKey, never>, Returns: { body: string | null, cases: number | null, milli_credits: number | null }[] }
      recognition_case: { Args: { of_case_id: number }, Returns: Json }
      recognition_worklist: { Args: { in_unit_id: number, ended?: boolean, page_size?: number, skip?: number }, Returns: { case_id: number | null, name: string | null, home: string | null, body: string | null, title: string | null, state: string | null, submitted_at: string | null, ended_at: string | null, proposals: number | null, mine: boolean | null, own: boolean | null, double: boolean | null, total: number | null }[] }
      record_class: { Args: { of_unit_id: number, title: string, of_category_id: string, started_at: string, minutes: number, venue: string, is_another: boolean, person_ids: number[] }, Returns: { register_id: number | null, person_id: number | null, name: string | null, birth_year: number | null, home: string | null, is_guest: boolean | null, outcome: string | null, reason: string | null, is_new: boolean | null, counted_minutes: number | null, milli_credits: number | null }[] }
      record_head_count: { Args: { host_unit_id: number, kind: string, category_id: string, title: string, started_at: string, ended_at: string, persons: number, note?: string, corrects?: number, of_session_id?: number, department?: string }, Returns: number }
      record_help: { Args: { of_person_id: number, by_helper_id: number, relation: string, consent: string }, Returns: number }
      record_requests_at_desk: { Args: { in_unit_id: number, page_size?: number }, Returns: { id: number | null, session_id: number | null, title: string | null, host: string | null, starts_at: string | null, ends_at: string | null, person_id: number | null, name: string | null, kind: string | null, words: string | null, standing: string | null, asked_at: string | null, due_on: string | null, days_left: number | null, outcome: string | null, answer: string | null, answered_at: string | null, is_own: boolean | null }[] }
      record_requests_due: { Args: { in_unit_id: number }, Returns: { waiting: number | null, first_due: string | null }[] }
      recount_rerating: { Args: { rerating_id: number }, Returns: undefined }
      refused_postings: { Args: { of_person_id: number }, Returns: { posting_id: number | null, participation_id: number | null, happened_at: string | null, rule_zh: string | null, rule_en: string | null, title: string | null, asked_minutes: number | null, reason: string | null }[] }
      register_person: { Args: { name: string, sex: string, birth_year: number, residence_unit_id: number, pinyin: string, initials: string, groups?: Json, contacts?: Json, guardian_id?: number, guardian_relation?: string, guardian_consent?: boolean }, Returns: number }
      register_volunteer: { Args: { of_unit_id: number, of_person_id: number, of_team_id: number, source: string, employer: string, skills: string, consent?: string }, Returns: { volunteer_id: number | null, status: string | null, is_new: boolean | null }[] }
      register_walk_in: { Args: { of_session_id: number, name: string, sex: string, birth_year: number, residence_unit_id: number, pinyin: string, initials: string, contacts: Json, client_id: string, extra?: string, guardian_id?: number, guardian_relation?: string, guardian_consent?: boolean }, Returns: number }
      remembered_import_columns: { Args: { import_id: number }, Returns: Json }
      remove_range_figure: { Args: { range_id: number }, Returns: undefined }
      remove_session_helper: { Args: { of_place_id: number, reason?: string }, Returns: number }
      renew_calendar_key: { Args: Record<PropertyKey, never>, Returns: string }
      replace_my_password: { Args: { password_hash: string, kept_session: string }, Returns: undefined }
      report_comparison: { Args: { of_period_id: number, of_unit_id: number, of_version: number }, Returns: { code: string | null, place: number | null, value: number | null, denominator: number | null, denominator_source: string | null, denominator_as_of: string | null, denominator_version: number | null, missing_count: number | null, missing_names: string[] | null, live_value: number | null, live_denominator: number | null }[] }
      report_history: { Args: { of_period_id: number, of_unit_id: number }, Returns: { at: string | null, act: string | null, version: number | null, reason: string | null, name: string | null }[] }
      report_preview: { Args: { of_period_id: number, of_unit_id: number }, Returns: { code: string | null, place: number | null, value: number | null, denominator: number | null, denominator_source: string | null, denominator_as_of: string | null, denominator_version: number | null, missing_count: number | null, missing_names: string[] | null }[] }
      report_rights: { Args: { of_period_id: number, of_unit_id: number }, Returns: { can_hand_in: boolean | null, can_decide: boolean | null }[] }
      reports_by_child: { Args: { of_period_id: number, in_unit_id: number }, Returns: { code: string | null, name: string | null, level: string | null, is_parent: boolean | null, due: number | null, arrived: number | null, in_time: number | null, approved: number | null }[] }
      reports_due: { Args: { of_period_id: number, in_unit_id: number }, Returns: { unit_id: number | null, code: string | null, name: string | null, level: string | null, parent_id: number | null, state: string | null, version: number | null, handed_in_at: string | null, first_handed_in_at: string | null, is_late: boolean | null, decided_at: string | null, has_exception: boolean | null, missing_populations: number | null, reminded_at: string | null, by_text: boolean | null }[] }
      reports_to_approve: { Args: { of_period_id: number, in_unit_id: number, page_size?: number, skip?: number }, Returns: { code: string | null, name: string | null, version: number | null, handed_in_at: string | null, handed_in_by: string | null, exception: string | null, drift: number | null, is_own: boolean | null, total: number | null }[] }
      request_credit_check: { Args: Record<PropertyKey, never>, Returns: undefined }
      request_record: { Args: { of_session_id: number, of_person_id: number, kind: string, words: string }, Returns: number }
      request_service_certificate: { Args: { from_day: string, until_day: string }, Returns: number }
      request_transcript: { Args: Record<PropertyKey, never>, Returns: number }
      rerating_sums: { Args: { rerating_id: number }, Returns: { learners: number | null, done: number | null, gaining: number | null, losing: number | null, gained: number | null, lost: number | null, rebooked: number | null, unchanged: number | null, posted: number | null, outdated: number | null }[] }
      reset_second_factor: { Args: { of_person_id: number }, Returns: undefined }
      reset_staff_password: { Args: { of_person_id: number, password_hash: string }, Returns: undefined }
      residents_of: { Args: { in_unit_id: number, of_group?: string, lacks?: string, after_person_id?: number, page_size?: number }, Returns: { person_id: number | null, name: string | null, sex: string | null, birth_year: number | null, home: string | null, home_code: string | null, township: string | null, groups: string[] | null, has_account: boolean | null, phone: string | null, has_card: boolean | null }[] }
      return_activity: { Args: { of_activity_id: number, reason: string }, Returns: undefined }
      return_reward: { Args: { hold_id: number }, Returns: undefined }
      reveal_contact: { Args: { of_person_id: number, kind: string, reason: string, note?: string }, Returns: Json }
      reveal_material: { Args: { of_material_id: number }, Returns: Json }
      reveal_recognition_file: { Args: { file_id: string, reason: string, note?: string }, Returns: Json }
      review_of_activity: { Args: { of_activity_id: number }, Returns: Json }
      review_recognition: { Args: { case_id: number, accepts: boolean, milli_credits: number, category_id: string, reason: string, double_reason?: string }, Returns: string }
      revoke_credential: { Args: { credential_id: number, words: string }, Returns: undefined }
      save_activity: { Args: { of_unit_id: number, of_activity_id: number, was_version: number, fields: Json, sessions: Json, seats?: number }, Returns: number }
      save_days_off: { Args: { of_year: number, was_version: number, notice: string, days: Json, working: string[] }, Returns: undefined }
      save_honour_scheme: { Args: { from_day: string, levels: Json }, Returns: number }
      save_lecturer: { Args: { of_unit_id: number, of_lecturer_id: number, was_version: number, fields: Json }, Returns: number }
      save_material: { Args: { of_session_id: number, given: Json }, Returns: number }
      save_opportunity: { Args: { of_unit_id: number, of_opportunity_id: number, fields: Json }, Returns: number }
      save_reward: { Args: { item_id: number, of_unit_id: number, kind: string, zh: string, en: string, price_milli_credits: number, hold_days: number, offered: boolean, about?: string }, Returns: number }
      save_shift: { Args: { of_opportunity_id: number, of_shift_id: number, starts_at: string, ends_at: string, capacity: number }, Returns: number }
      save_venue: { Args: { of_unit_id: number, of_venue_id: number, was_version: number, fields: Json, hours: Json, rooms: Json }, Returns: number }
      save_volunteer_team: { Args: { of_unit_id: number, of_team_id: number, name: string, about: string, founded_on: string, closed_on?: string }, Returns: number }
      scan_service_card: { Args: { of_shift_id: number, card: string }, Returns: { place_id: number | null, name: string | null, outcome: string | null, at: string | null }[] }
      schools_below: { Args: { unit_code?: string }, Returns: { code: string | null, parent_code: string | null, name: string | null, local_name: string | null, level: string | null, kind_zh: string | null, kind_en: string | null, teaching: boolean | null, schools: number | null }[] }
      see_activity_changes: { Args: { of_activity_id: number, last_change: number }, Returns: number }
      sees_names_at: { Args: { in_unit_id: number }, Returns: boolean }
      sees_people_at: { Args: { in_unit_id: number, of_group: string, axis_name?: string }, Returns: boolean }
      send_beats: { Args: { watch_id: string, beats: Json }, Returns: Json }
      service_at_desk: { Args: { in_unit_id: number, of_opportunity_id?: number }, Returns: { id: number | null, code: string | null, title: string | null, role: string | null, about: string | null, venue: string | null, contact_phone: string | null, category_id: string | null, unit_id: number | null, unit_name: string | null, team_id: number | null, team_name: string | null, state: string | null, cancel_reason: string | null, shifts: Json | null }[] }
      service_disputes_at_desk: { Args: { in_unit_id: number, page_size?: number }, Returns: { id: number | null, place_id: number | null, shift_id: number | null, name: string | null, title: string | null, unit_name: string | null, starts_at: string | null, ends_at: string | null, started_at: string | null, ended_at: string | null, minutes: number | null, words: string | null, asked_at: string | null, due_on: string | null, days_left: number | null, outcome: string | null, answer: string | null, answered_at: string | null, is_own: boolean | null }[] }
      service_due: { Args: { in_unit_id: number }, Returns: { asked: number | null, disputes: number | null, due_on: string | null, backfills: number | null, shifts: number | null }[] }
      service_roster: { Args: { of_shift_id: number }, Returns: { place_id: number | null, person_id: number | null, name: string | null, home: string | null, status: string | null, came_at: string | null, came_by: string | null, left_at: string | null, left_by: string | null, kind: string | null, started_at: string | null, ended_at: string | null, minutes: number | null, class_minutes: number | null, overlap_minutes: number | null, cap_minutes: number | null, rest_minutes: number | null, proof: string | null, reason: string | null, milli_credits: number | null, backfill_id: number | null, backfill_from: string | null, backfill_to: string | null, backfill_reason: string | null, backfill_is_own: boolean | null, dispute_id: number | null, dispute_words: string | null, dispute_due: string | null, is_own: boolean | null }[] }
      service_screen: { Args: { of_shift_id: number }, Returns: Json }
      service_shift_at_desk: { Args: { of_shift_id: number }, Returns: { opportunity_id: number | null, title: string | null, role: string | null, venue: string | null, unit_id: number | null, unit_name: string | null, starts_at: string | null, ends_at: string | null, capacity: number | null, taken: number | null, cancel_reason: string | null }[] }
      session_conflicts: { Args: { of_unit_id: number, of_activity_id: number, of_venue: string, of_room: string, of_lecturer: string, sessions: Json, of_copied_id?: number, for_groups?: string[], for_unit_id?: number }, Returns: { place: number | null, what: string | null, activity_id: number | null, title: string | null, host: string | null, starts_at: string | null, ends_at: string | null, people: number | null, with_place: number | null }[] }
      session_double_marks: { Args: { of_session_id: number }, Returns: Json }
      session_file: { Args: { of_session_id: number }, Returns: Json }
      session_helpers: { Args: { of_session_id: number }, Returns: { place_id: number | null, person_id: number | null, name: string | null, role: string | null, shift_id: number | null, is_own: boolean | null, state: string | null, minutes: number | null, milli_credits: number | null }[] }
      session_roster: { Args: { of_session_id: number }, Returns: { person_id: number | null, name: string | null, birth_year: number | null, home: string | null, phone: string | null, signup_id: number | null, status: string | null, on_leave: boolean | null, method: string | null, seen_at: string | null, times: number | null, participation_id: number | null, attended: boolean | null, milli_credits: number | null, number: number | null }[] }
      sessions_of_days: { Args: { in_unit_id: number, from_day: string, until_day: string }, Returns: { session_id: number | null, activity_id: number | null, code: string | null, title: string | null, host: string | null, form_zh: string | null, form_en: string | null, starts_at: string | null, ends_at: string | null, venue: string | null, room: string | null, lecturer: string | null, status: string | null, is_cancelled: boolean | null, is_confirmed: boolean | null, sign_up: string | null, phone: string | null }[] }
      sessions_with_materials: { Args: { in_unit_id: number, from_day: string, until_day: string, only_those?: string, page_size?: number, skip?: number }, Returns: { session_id: number | null, activity_id: number | null, title: string | null, host: string | null, starts_at: string | null, kinds: Json | null, missing: number | null, waiting: number | null, total: number | null, all_sessions: number | null, complete: number | null, missing_of: Json | null }[] }
      set_activity_review: { Args: { of_unit_id: number, way: string }, Returns: undefined }
      set_contact: { Args: { of_person_id: number, kind: string, contact: Json }, Returns: undefined }
      set_credit_cap: { Args: { of_rule_id: string, of_period: string, amount: number, from_day: string, of_category_id?: string, each_institution?: boolean, first_month?: number }, Returns: undefined }
      set_honour_consent: { Args: { gives: boolean }, Returns: undefined }
      set_leave: { Args: { of_signup_id: number, of_session_id: number, away: boolean }, Returns: undefined }
      set_lecturer_away: { Args: { of_lecturer_id: number, from_on: string, until_on: string, of_absence_id?: number }, Returns: undefined }
      set_lecturer_photo: { Args: { of_lecturer_id: number, image: string, type: string, agreed: boolean }, Returns: undefined }
      set_no_show_rule: { Args: { from_day: string, most: number, window_days: number, effect: string, effect_days: number }, Returns: undefined }
      set_point_terms: { Args: { from_day: string, points_per_credit: number, months: number }, Returns: undefined }
      set_recognition_pair: { Args: { of_body_id: number, title_words: string, level: string, milli_credits: number, category_id: string, from_day: string }, Returns: number }
      set_reward_stock: { Args: { item_id: number, in_stock: number, counted_from: number }, Returns: undefined }
      set_service_check: { Args: { of_place_id: number, what: string, at?: string, reason?: string }, Returns: string }
      set_signup_priority: { Args: { of_signup_id: number, new_priority: number, reason: string }, Returns: undefined }
      set_team_leader: { Args: { of_team_id: number, of_person_id: number }, Returns: undefined }
      set_venue_day: { Args: { of_venue_id: number, of_day: string, from_minute: number, until_minute: number, note: string }, Returns: undefined }
      set_venue_photo: { Args: { of_venue_id: number, photo: string }, Returns: undefined }
      settle_doubt: { Args: { case_id: number, agrees: boolean, reason: string }, Returns: string }
      sheets_of_session: { Args: { of_session_id: number }, Returns: { id: string | null, bytes: number | null, uploaded_at: string | null }[] }
      shift_code_now: { Args: { of_shift_id: number }, Returns: { code: string | null, until: string | null }[] }
      shifts_beside_session: { Args: { of_session_id: number }, Returns: { shift_id: number | null, title: string | null, role: string | null, starts_at: string | null, ends_at: string | null, places: number | null, is_tied: boolean | null }[] }
      sign_up: { Args: { of_pool_id: number, person_ids?: number[], consent?: string }, Returns: { signup_id: number | null, person_id: number | null, name: string | null, status: string | null, place: number | null, is_new: boolean | null }[] }
      signups_of_activity: { Args: { of_activity_id: number }, Returns: { signup_id: number | null, party_id: number | null, pool_id: number | null, session_id: number | null, starts_at: string | null, person_id: number | null, name: string | null, birth_year: number | null, home: string | null, phone: string | null, status: string | null, place: number | null, priority: number | null, priority_reason: string | null, for_other: string | null, consent: string | null, by_name: string | null, asked_at: string | null, offer_ends_at: string | null, ended_at: string | null, end_reason: string | null }[] }
      split_unit: { Args: { unit_code: string, new_code: string, new_name: string, child_codes: string[], person_ids: number[], from_day: string, dry_run?: boolean }, Returns: Json }
      staff_member: { Args: { of_person_id: number }, Returns: { person_id: number | null, name: string | null, home: string | null, username: string | null, disabled: boolean | null, must_change: boolean | null, second_factor: boolean | null, must_set_factor: boolean | null, sessions: number | null, last_seen: string | null, may_care: boolean | null, posts: Json | null }[] }
      staff_training_share: { Args: { in_unit_id: number, counted_year: number }, Returns: { role_id: string | null, zh: string | null, en: string | null, holders: number | null, trained: number | null }[] }
      step_lecturer_booking: { Args: { of_booking_id: number, step: string, reason?: string, listeners?: number }, Returns: number }
      submit_activity: { Args: { of_activity_id: number }, Returns: undefined }
      submit_materials: { Args: { of_session_id: number }, Returns: number }
      swap_session: { Args: { of_signup_id: number, to_pool_id: number }, Returns: number }
      take_import_back: { Args: { import_id: number }, Returns: undefined }
      take_service_place: { Args: { of_shift_id: number, of_person_id?: number }, Returns: { place_id: number | null, is_new: boolean | null }[] }
      take_volunteer_training_back: { Args: { of_training_id: number }, Returns: undefined }
      team_leaders: { Args: { in_unit_id: number }, Returns: { team_id: number | null, name: string | null }[] }
      teams_at_desk: { Args: { in_unit_id: number }, Returns: { id: number | null, unit_id: number | null, unit_name: string | null, name: string | null, about: string | null, founded_on: string | null, closed_on: string | null, members: number | null, minutes: number | null, may_change: boolean | null }[] }
      term_to_copy: { Args: { in_unit_id: number, from_day: string, until_day: string }, Returns: Json }
      tie_shift: { Args: { of_session_id: number, of_shift_id: number, tied: boolean }, Returns: undefined }
      townships_below: { Args: { in_unit_id: number }, Returns: { unit_id: number | null, code: string | null, name: string | null, above: string | null, villages: number | null }[] }
      undo_departure: { Args: { of_person_id: number, reason: string }, Returns: undefined }
      undo_merge: { Args: { merge_id: number }, Returns: undefined }
      unit_history: { Args: { in_unit_id: number }, Returns: { version_id: number | null, valid_from: string | null, valid_to: string | null, act: string | null, recorded_at: string | null, recorded_by_username: string | null, superseded_at: string | null, parent_name: string | null, kind_id: string | null, further_kinds: string[] | null, level: string | null, name: string | null, local_name: string | null, area: string | null, should_build: boolean | null, opened_on: string | null, closed_on: string | null, host_body: string | null, address: string | null, contact_phone: string | null, summary: string | null, rooms: number | null, computers: number | null, standard_met: boolean | null, zone_status: string | null, zone_level: string | null, contact_role_id: string | null, plaque_photo: string | null, merged_into_name: string | null }[] }
      unit_names: { Args: { sight: string }, Returns: string[] }
      unit_trail: { Args: { unit_code: string, sight: string }, Returns: { unit_id: number | null, code: string | null, name: string | null, level: string | null, kind_id: string | null, in_sight: boolean | null }[] }
      unmark_attendance: { Args: { of_session_id: number, of_person_id: number }, Returns: undefined }
      unseen_groups_at: { Args: { in_unit_id: number, axis_name?: string }, Returns: string[] }
      update_person: { Args: { of_person_id: number, name: string, sex: string, birth_year: number, pinyin: string, initials: string }, Returns: undefined }
      venue_at_desk: { Args: { of_venue_id: number, of_year: number }, Returns: Json }
      venue_page: { Args: { venue_code: string }, Returns: Json }
      venues_of_unit: { Args: { in_unit_id: number, of_year: number }, Returns: { id: number | null, code: string | null, name: string | null, kind: string | null, unit: string | null, rooms: number | null, seats: number | null, asked: number | null, open_minutes: number | null, bookings: number | null, booked_minutes: number | null, visits: number | null, counted_days: number | null }[] }
      villages_below: { Args: { in_unit_id: number }, Returns: { unit_id: number | null, name: string | null, township: string | null }[] }
      villages_called: { Args: { called: string }, Returns: { unit_id: number | null, name: string | null, township: string | null }[] }
      volunteer_at_desk: { Args: { of_volunteer_id: number }, Returns: Json }
      volunteer_share: { Args: { in_unit_id: number, from_day: string, until_day: string }, Returns: { unit_id: number | null, code: string | null, name: string | null, is_parent: boolean | null, registered: number | null, served: number | null, minutes: number | null, residents: number | null, source: string | null, missing_count: number | null, missing_names: string[] | null }[] }
      volunteer_units: { Args: Record<PropertyKey, never>, Returns: { unit_id: number | null, name: string | null, teams: Json | null }[] }
      volunteers_at_desk: { Args: { in_unit_id: number, of_status?: string, query?: string, by_home?: boolean, only_served?: boolean, from_day?: string, until_day?: string, page_size?: number, skip?: number }, Returns: { id: number | null, person_id: number | null, name: string | null, birth_year: number | null, home: string | null, unit_name: string | null, team_id: number | null, team_name: string | null, source: string | null, employer: string | null, skills: string | null, status: string | null, by_self: boolean | null, asked_at: string | null, trainings: number | null, minutes: number | null, times: number | null, last_at: string | null, is_own: boolean | null, total: number | null }[] }
      wait_for_session: { Args: { of_signup_id: number, to_pool_id: number }, Returns: string }
      wards_without_guardian: { Args: { in_unit_id: number, page_size?: number, skip?: number }, Returns: { child_id: number | null, name: string | null, birth_year: number | null, home: string | null, home_code: string | null, guardian_id: number | null, guardian: string | null, died_on: string | null, total: number | null }[] }
      week_records: { Args: { in_unit_id: number, week_start: string, page_size?: number, after_record_id?: number }, Returns: { record_id: number | null, person_id: number | null, name: string | null, home: string | null, started_at: string | null, kind: string | null, category_zh: string | null, category_en: string | null, title: string | null, host: string | null, channel: string | null, hours: number | null }[] }
      who_am_i: { Args: Record<PropertyKey, never>, Returns: Json }
      withdraw_application: { Args: { application_id: number }, Returns: undefined }
      withdraw_credit_correction: { Args: { correction_id: number }, Returns: undefined }
      withdraw_credit_rule: { Args: { version_id: number }, Returns: undefined }
      withdraw_honour_scheme: { Args: { scheme_id: number }, Returns: undefined }
      withdraw_period: { Args: { of_period_id: number }, Returns: undefined }
      withdraw_photo: { Args: { of_material_id: number, reason: string }, Returns: number }
      withdraw_point_terms: { Args: { terms_id: number }, Returns: undefined }
      withdraw_recognition: { Args: { case_id: number }, Returns: undefined }
      withdraw_rerating: { Args: { rerating_id: number }, Returns: undefined }
      youth_in_holidays: { Args: { in_unit_id: number, counted_year: number }, Returns: { unit_id: number | null, code: string | null, name: string | null, level: string | null, is_parent: boolean | null, persons: number | null, population: number | null, source: string | null, missing_count: number | null, missing_names: string[] | null }[] }
    }
    Enums: Record<never, never>
    CompositeTypes: Record<never, never>
  }
}
